// Paper is white: browsers print no backgrounds unless they are asked to, so a dark one would leave light text on white.

export async function paper(page) {
    return page.evaluate(() => {
        const probe = document.createElement("i");
        probe.style.backgroundColor = "Canvas";
        probe.style.colorScheme = getComputedStyle(document.documentElement).colorScheme;
        document.body.append(probe);
        const canvas = getComputedStyle(probe).backgroundColor;
        probe.remove();
        const found = [document.documentElement, document.body]
            .map((one) => [one, getComputedStyle(one).backgroundColor])
            .filter(([, colour]) => !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(colour))
            .map(([one, colour]) => `${one.localName} has the background ${colour} in print: expected white, or none`);
        return canvas === "rgb(255, 255, 255)"
            ? found
            : [...found, `the page's colour scheme makes its ground ${canvas} in print: expected white`];
    });
}
