// A reader without JavaScript reads the same: scripts may add controls, never what there is to know.

export async function sameText(page, { wordsWithScript }) {
    const without = new Map();
    for (const word of await page.evaluate(() => reader.words())) without.set(word, (without.get(word) ?? 0) + 1);
    const missing = wordsWithScript.filter((word) => {
        const left = without.get(word) ?? 0;
        without.set(word, left - 1);
        return left <= 0;
    });
    return missing.length
        ? [`${missing.length} words are there with JavaScript only: "${missing.slice(0, 12).join(" ").slice(0, 100)}"`]
        : [];
}
