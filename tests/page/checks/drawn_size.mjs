// Text in a drawing is large enough to read once the drawing is scaled to its place.

const LEAST_PX = 9;

export async function drawnSize(page) {
    return page.evaluate((least) => {
        const size = (text) => {
            const { a, b, c, d } = text.getScreenCTM();
            return parseFloat(getComputedStyle(text).fontSize) * Math.sqrt(Math.abs(a * d - b * c));
        };
        return reader
            .drawnTexts()
            .filter((text) => size(text) < least - 0.05)
            .map((text) => `${reader.describe(text)} is ${size(text).toFixed(1)} px tall: expected ${least} px or more`);
    }, LEAST_PX);
}
