// Buttons of an entry that answer with a part of it (reactions, a vote): the part takes its place, the page stays.
// Without this script the same buttons send the same form, and the page comes back at the entry.
"use strict";
document.getElementById("act")?.addEventListener("submit", async (event) => {
  const form = event.currentTarget;
  const button = event.submitter;
  const id = button?.dataset.swaps;
  if (!id || form.method !== "post") return; // a stranger's leads to signing in
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const say = (words) => { const line = document.getElementById("status"); if (line) line.textContent = words; };
  try {
    const sent = new FormData(form);
    for (const field of [...sent.keys()]) if (field !== "csrf_token") sent.delete(field); // ticks beneath other entries
    for (const tick of document.getElementById(id)?.querySelectorAll("input:checked") ?? []) sent.append(tick.name, tick.value);
    if (button.name) sent.append(button.name, button.value);
    const answer = await fetch(button.formAction, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
    if (!part) {
      launchpad.tell(answer.status === 429 ? "That was a lot at once. Wait a minute, then press again." : "That did not go through. Load the page again.");
      return;
    }
    const again = button.dataset.kind;
    document.getElementById(id)?.replaceWith(part);
    (part.querySelector(`[data-kind="${CSS.escape(again ?? "")}"]`) ?? part.querySelector("button"))?.focus({ preventScroll: true });
    if (button.dataset.said) say(button.dataset.said);
  } catch {
    launchpad.tell("That did not go through. Check your connection, then press again.");
  } finally {
    delete form.dataset.busy;
  }
});
