const LARGEST_ID = 1_000_000;

/**
 * The document of GET /json/{id}; undefined for what is no number from 1 to 1,000,000 in digits.
 *
 * @param {string} text
 */
export function itemAt(text) {
  if (!/^\d{1,7}$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && id <= LARGEST_ID ? item(id) : undefined;
}

function item(id) {
  return {
    id,
    name: `item-${id}`,
    active: id % 2 === 0,
    score: id / 4,
    quantity: id % 1_000,
    price_cents: (id * 25) % 100_000,
    currency: 'EUR',
    category: `category-${id % 16}`,
    sku: `SKU-${String(id).padStart(8, '0')}`,
    tags: [`t${id % 7}`, `t${id % 11}`, `t${id % 13}`],
    dimensions: { width: id % 101, height: id % 103, depth: id % 107 },
    weight_g: (id % 5_000) + 1,
    rating: (id % 11) / 2,
    reviews: id % 977,
    in_stock: id % 3 !== 0,
    supplier: id % 5 === 0 ? null : `supplier-${id % 5}`,
    description: `Item ${id}: "quoted", a back\\slash and a line\nbreak`,
    note: `Zürich №${id}`,
    created: 1_700_000_000 + id,
    next: `/json/${(id % LARGEST_ID) + 1}`,
  };
}
