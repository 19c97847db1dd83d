// What several checks ask of an element; runs inside the page, which finds it as `reader`.

export function install() {
    const clips = (value) => value === "hidden" || value === "clip";
    const scrolls = (value) => value === "auto" || value === "scroll";

    /** Whether the element is drawn at all: not hidden, not in a closed <details>, not nothing. */
    const drawn = (element) =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;

    const short = (element) => {
        const name = element.localName + (element.id ? `#${element.id}` : "");
        return element.classList.length && !element.id ? `${name}.${element.classList[0]}` : name;
    };

    /** Where it is and what it says, in one line. */
    const describe = (element) => {
        const path = [];
        for (let one = element; one && one !== document.body && path.length < 4; one = one.parentElement)
            path.unshift(short(one));
        const text = element.textContent.replace(/\s+/g, " ").trim();
        return path.join(" > ") + (text ? ` "${text.length > 40 ? `${text.slice(0, 40)}…` : text}"` : "");
    };

    const ownTexts = (element) =>
        [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

    /** The left and right end of its box and of the text that it holds itself, which may stick out of the box. */
    const extent = (element) => {
        const boxes = [element.getBoundingClientRect()];
        for (const text of ownTexts(element)) {
            const range = document.createRange();
            range.selectNodeContents(text);
            boxes.push(...range.getClientRects());
        }
        return { left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)) };
    };

    /** Hidden from the eye on purpose and kept for screen readers: a box of next to nothing. */
    const forScreenReaders = (element) => {
        const style = getComputedStyle(element);
        return (
            (element.clientWidth <= 2 && element.clientHeight <= 2) ||
            style.clipPath.startsWith("inset(50%") ||
            style.clip.startsWith("rect(0px, 0px")
        );
    };

    const ancestors = (element) => {
        const found = [];
        for (let one = element.parentElement; one; one = one.parentElement) found.push(one);
        return found;
    };

    /** Whether something around it, below the page itself, scrolls it or cuts it off. */
    const contained = (element) =>
        ancestors(element).some((one) => {
            if (one === document.body || one === document.documentElement) return false;
            const { overflowX } = getComputedStyle(one);
            return scrolls(overflowX) || clips(overflowX);
        });

    /** SVG elements that hold text themselves. */
    const drawnTexts = () =>
        [...document.querySelectorAll("svg text, svg tspan, svg textPath")].filter((one) => ownTexts(one).length && drawn(one));

    /** The name that assistive technology reads out, as far as images and links have one; "" if none. */
    const nameOf = (element) => {
        const by = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
        const title = [...element.children].find((one) => one.localName === "title");
        const inner = [...element.querySelectorAll("img[alt], [aria-label], svg > title")];
        const candidates = [
            by.map((id) => document.getElementById(id)?.textContent ?? "").join(" "),
            element.getAttribute("aria-label"),
            element.getAttribute("alt"),
            title?.textContent,
            element.localName === "a" ? element.textContent : "",
            element.localName === "a"
                ? inner.map((one) => one.getAttribute("alt") ?? one.getAttribute("aria-label") ?? one.textContent).join(" ")
                : "",
        ];
        return candidates.map((one) => (one ?? "").trim()).find(Boolean) ?? "";
    };

    const CONTROLS = "button, select, option, textarea, [role=button], [role=tab], script, style, noscript, template";

    /** The words that a reader sees, in order; what controls say belongs to the controls. */
    const words = () => {
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const holder = walker.currentNode.parentElement;
            if (walker.currentNode.data.trim() && !holder.closest(CONTROLS) && drawn(holder))
                found.push(...walker.currentNode.data.trim().split(/\s+/));
        }
        return found;
    };

    globalThis.reader = {
        clips,
        scrolls,
        drawn,
        describe,
        ownTexts,
        extent,
        forScreenReaders,
        contained,
        drawnTexts,
        nameOf,
        words,
    };
}
