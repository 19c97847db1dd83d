// Texts that must be on the page word for word, whatever characters they have.

export async function shown(page, { wanted }) {
    const text = (await page.evaluate(() => document.body.textContent)).replace(/\s+/g, " ");
    return wanted.filter((one) => !text.includes(one)).map((one) => `"${one.slice(0, 80)}" is not on the page`);
}
