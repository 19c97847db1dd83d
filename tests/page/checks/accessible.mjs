// axe-core's rules: WCAG 2.0 to 2.2, A and AA, and its best practices; those that it keeps off by default, too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

export async function accessible(page, { view }) {
    await page.evaluate(SOURCE);
    const violations = await page.evaluate(
        async ({ tags, print }) => {
            const chosen = axe
                .getRules(tags)
                .filter((rule) => !rule.tags.some((tag) => tag === "deprecated" || tag === "experimental"))
                .filter((rule) => !print || rule.ruleId !== "target-size"); // nobody presses paper
            const rules = Object.fromEntries(chosen.map((rule) => [rule.ruleId, { enabled: true }]));
            const result = await axe.run(document, {
                runOnly: { type: "rule", values: Object.keys(rules) },
                rules,
                resultTypes: ["violations"],
            });
            return result.violations.map(({ id, help, nodes }) => ({
                id,
                help,
                targets: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
            }));
        },
        { tags: TAGS, print: Boolean(view.print) },
    );
    return violations.flatMap(({ id, help, targets }) =>
        targets.map((target) => `${id}: ${help}: ${target.replace(/\s+/g, " ")}`),
    );
}
