// Text in a drawing stands out from what is behind it (WCAG 1.4.3); axe does not look into drawings.

const LEAST = 4.5;

export async function drawnContrast(page) {
    return page.evaluate((least) => {
        const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

        /** Any CSS colour as [red, green, blue, alpha]; null for none and for what is no single colour. */
        const rgba = (colour, opacity) => {
            if (colour === "none" || colour.startsWith("url(")) return null;
            pixel.clearRect(0, 0, 1, 1);
            pixel.fillStyle = colour;
            pixel.fillRect(0, 0, 1, 1);
            const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
            return [red, green, blue, (alpha / 255) * opacity];
        };
        const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
        const luminance = (colour) => {
            const [red, green, blue] = colour.map((value) =>
                value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
            );
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const contrast = (a, b) =>
            (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
        const opacityOf = (element) => {
            let opacity = 1;
            for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
            return opacity;
        };

        const paper = () => {
            const probe = document.createElement("i");
            probe.style.backgroundColor = "Canvas";
            probe.style.colorScheme = getComputedStyle(document.documentElement).colorScheme;
            document.body.append(probe);
            const colour = rgba(getComputedStyle(probe).backgroundColor, 1);
            probe.remove();
            return colour;
        };

        /** What one element paints over its whole area at a point. */
        const painted = (element, x, y) => {
            const style = getComputedStyle(element);
            if (!(element instanceof SVGElement) || element.localName === "svg")
                return rgba(style.backgroundColor, opacityOf(element));
            if (!(element instanceof SVGGeometryElement) || style.fill === "none") return null;
            const inside = element.isPointInFill(new DOMPoint(x, y).matrixTransform(element.getScreenCTM().inverse()));
            return inside ? rgba(style.fill, Number(style.fillOpacity) * opacityOf(element)) : null;
        };

        /** The colour behind a text: what is painted under its middle, from the page up. */
        const behind = (text, x, y) => {
            const stack = document.elementsFromPoint(x, y);
            const under = stack.slice(stack.indexOf(text) + 1).filter((one) => !(one instanceof SVGTextContentElement));
            let colour = paper();
            for (const one of under.reverse()) {
                const layer = painted(one, x, y);
                if (layer) colour = over(layer, colour);
            }
            const { paintOrder, stroke, strokeOpacity, strokeWidth } = getComputedStyle(text);
            const halo = paintOrder.startsWith("stroke") && stroke !== "none" && parseFloat(strokeWidth) >= 2;
            return halo ? over(rgba(stroke, Number(strokeOpacity)), colour) : colour;
        };

        const hitPaint = new CSSStyleSheet();
        hitPaint.replaceSync("* { pointer-events: visiblePainted !important }"); // what takes no clicks is painted all the same
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, hitPaint];
        const found = [];
        for (const text of reader.drawnTexts()) {
            text.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
            const box = text.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const style = getComputedStyle(text);
            const own = rgba(style.fill, Number(style.fillOpacity) * opacityOf(text));
            if (own === null) {
                if (style.fill !== "none")
                    found.push(`${reader.describe(text)} is filled with ${style.fill}: its contrast cannot be told`);
                continue;
            }
            const ground = behind(text, x, y);
            const ratio = contrast(over(own, ground), ground);
            const hex = (colour) =>
                `#${colour
                    .slice(0, 3)
                    .map((value) => Math.round(value).toString(16).padStart(2, "0"))
                    .join("")}`;
            if (ratio < least)
                found.push(
                    `${reader.describe(text)}: ${hex(over(own, ground))} on ${hex(ground)} is ${ratio.toFixed(2)}:1, expected ${least}:1`,
                );
        }
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== hitPaint);
        window.scrollTo(0, 0);
        return found;
    }, LEAST);
}
