// What scrolls by itself can be scrolled without a mouse: it takes the focus, or something in it does. Not every browser
// gives it the focus unasked.

export async function keyboard(page) {
    return page.evaluate(() => {
        const STOPS = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]";
        const scrolling = [...document.body.querySelectorAll("*")].filter((one) => {
            const { overflowX, overflowY } = getComputedStyle(one);
            const sideways = reader.scrolls(overflowX) && one.scrollWidth > one.clientWidth + 1;
            const below = reader.scrolls(overflowY) && one.scrollHeight > one.clientHeight + 1;
            return reader.drawn(one) && (sideways || below);
        });
        const takesFocus = (one) => one.tabIndex >= 0 && reader.drawn(one);
        return scrolling
            .filter((one) => !takesFocus(one) && ![...one.querySelectorAll(STOPS)].some(takesFocus))
            .map((one) => `${reader.describe(one)} scrolls, and the keyboard cannot reach it: tabindex="0" is missing`);
    });
}
