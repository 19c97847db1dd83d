//! The task json, the document that is built: `GET /json/{id}`.

use serde::Serialize;

const LARGEST_ID: u32 = 1_000_000;

/// The document, with its keys in the task's order.
#[derive(Debug, Serialize)]
pub struct Item {
    id: u32,
    name: String,
    active: bool,
    score: f64,
    quantity: u32,
    price_cents: u32,
    currency: &'static str,
    category: String,
    sku: String,
    tags: [String; 3],
    dimensions: Dimensions,
    weight_g: u32,
    rating: f64,
    reviews: u32,
    in_stock: bool,
    supplier: Option<String>,
    description: String,
    note: String,
    created: u32,
    next: String,
}

#[derive(Debug, Serialize)]
struct Dimensions {
    width: u32,
    height: u32,
    depth: u32,
}

impl Item {
    /// The item of a number in the digits of a path, from 1 to 1,000,000; `None` for any other text.
    #[must_use]
    pub fn at(text: &str) -> Option<Self> {
        let in_digits = text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = if in_digits { text.parse().ok()? } else { return None };
        (1..=LARGEST_ID).contains(&id).then(|| Self::new(id))
    }

    fn new(id: u32) -> Self {
        Self {
            id,
            name: format!("item-{id}"),
            active: id.is_multiple_of(2),
            score: f64::from(id) / 4.0,
            quantity: id % 1_000,
            price_cents: id * 25 % 100_000,
            currency: "EUR",
            category: format!("category-{}", id % 16),
            sku: format!("SKU-{id:08}"),
            tags: [7, 11, 13].map(|number| format!("t{}", id % number)),
            dimensions: Dimensions { width: id % 101, height: id % 103, depth: id % 107 },
            weight_g: id % 5_000 + 1,
            rating: f64::from(id % 11) / 2.0,
            reviews: id % 977,
            in_stock: !id.is_multiple_of(3),
            supplier: (!id.is_multiple_of(5)).then(|| format!("supplier-{}", id % 5)),
            description: format!("Item {id}: \"quoted\", a back\\slash and a line\nbreak"),
            note: format!("Zürich №{id}"),
            created: 1_700_000_000 + id,
            next: format!("/json/{}", id % LARGEST_ID + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn items_are_those_of_the_task() {
        let item = Item::at("7").expect("an item");
        let expected = json!({
            "id": 7, "name": "item-7", "active": false, "score": 1.75, "quantity": 7, "price_cents": 175, "currency": "EUR",
            "category": "category-7", "sku": "SKU-00000007", "tags": ["t0", "t7", "t7"],
            "dimensions": {"width": 7, "height": 7, "depth": 7}, "weight_g": 8, "rating": 3.5, "reviews": 7, "in_stock": true,
            "supplier": "supplier-2", "description": "Item 7: \"quoted\", a back\\slash and a line\nbreak",
            "note": "Zürich №7", "created": 1_700_000_007, "next": "/json/8",
        });
        assert_eq!(serde_json::to_value(&item).expect("serialises"), expected);
    }

    #[test]
    fn the_last_item_leads_to_the_first() {
        let item = serde_json::to_value(Item::at("1000000")).expect("serialises");
        assert_eq!((&item["next"], &item["supplier"]), (&Value::from("/json/1"), &Value::Null));
        assert_eq!((&item["sku"], &item["score"]), (&Value::from("SKU-01000000"), &Value::from(250_000.0)));
        assert_eq!(item["price_cents"], 0);
    }

    #[test]
    fn other_texts_have_no_item() {
        for text in ["", "0", "-1", "+1", "1000001", "18446744073709551617", "x", "1x", "1.0", " 1"] {
            assert!(Item::at(text).is_none(), "{text}");
        }
    }
}
