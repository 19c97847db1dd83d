// The page is as wide as the screen: nobody scrolls sideways to read a line. What scrolls by itself may be wider.

export async function overflow(page, { view }) {
    return page.evaluate((wanted) => {
        const width = document.documentElement.clientWidth;
        if (width > wanted)
            return [`laid out ${width} px wide on a screen of ${wanted} px: <meta name="viewport"> is missing or wrong`];
        const whole = document.documentElement.scrollWidth;
        if (whole <= width) return [];
        const out = new Set(
            [...document.body.querySelectorAll("*")].filter((one) => {
                if (!reader.drawn(one) || reader.contained(one)) return false;
                const { left, right } = reader.extent(one);
                return right > width + 0.5 || left < -0.5;
            }),
        );
        const causes = [...out].filter((one) => ![...one.children].some((child) => out.has(child)));
        const named = causes.map(
            (one) =>
                `${reader.describe(one)} reaches from ${Math.round(reader.extent(one).left)} to ${Math.round(reader.extent(one).right)} px of ${width}`,
        );
        return named.length ? named : [`the document is ${whole} px wide, the view ${width} px`];
    }, view.size.width);
}
