// Delete what a trial has created: notes above the hundredth.
const notes = `http://127.0.0.1:${process.argv[2]}/notes`
const created = await (await fetch(`${notes}?id_gte=101`)).json()
for (const { id } of created) {
  const { status } = await fetch(`${notes}/${id}`, { method: 'DELETE' })
  if (status !== 200) throw new Error(`note ${id} was not deleted: ${status}`)
}
