// Nothing is cut off: no text that a box without a scroll bar hides, none outside its drawing. Paper does not scroll at all.

export async function cutOff(page, { view }) {
    return page.evaluate((print) => {
        const hides = (value) => reader.clips(value) || (print && reader.scrolls(value));
        const found = [];
        for (const one of document.body.querySelectorAll("*")) {
            if (!(one instanceof HTMLElement) || !reader.drawn(one) || reader.forScreenReaders(one)) continue;
            const { overflowX, overflowY } = getComputedStyle(one);
            const sideways = hides(overflowX) ? one.scrollWidth - one.clientWidth : 0;
            const below = hides(overflowY) ? one.scrollHeight - one.clientHeight : 0;
            if (sideways > 1) found.push(`${reader.describe(one)} hides ${sideways} px of its width`);
            if (below > 1) found.push(`${reader.describe(one)} hides ${below} px of its height`);
        }
        for (const text of reader.drawnTexts()) {
            const drawing = text.closest("svg:not(svg svg)");
            if (getComputedStyle(drawing).overflow === "visible") continue;
            const [inner, outer] = [text.getBoundingClientRect(), drawing.getBoundingClientRect()];
            const beyond = Math.max(
                outer.left - inner.left,
                inner.right - outer.right,
                outer.top - inner.top,
                inner.bottom - outer.bottom,
            );
            if (beyond > 1) found.push(`${reader.describe(text)} reaches ${Math.ceil(beyond)} px out of its drawing`);
        }
        return found;
    }, Boolean(view.print));
}
