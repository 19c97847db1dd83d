// A hundred notes, the same each time.
import { writeFileSync } from 'node:fs'

const notes = Array.from({ length: 100 }, (_, n) => ({ id: n + 1, title: `note ${n + 1}`, stars: (n + 1) % 5 }))
writeFileSync(process.argv[2], JSON.stringify({ notes }))
