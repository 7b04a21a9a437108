// The queue of stories by keys: j next, k before, a publish, r to the reason (Enter there rejects). Without it: buttons.
"use strict";
(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const items = [...queue.querySelectorAll(".queue-item")];
  if (!items.length) return;
  const hint = document.querySelector("[data-queue-keys]");
  if (hint) hint.hidden = false;
  const current = () => items.findIndex((item) => item.contains(document.activeElement));

  function go(to) {
    const item = items[Math.max(0, Math.min(items.length - 1, to))];
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input, textarea, select");
    if (field) {
      if (event.key === "Escape") go(current());
      if (event.key === "Enter" && field.dataset.key === "r") { // the form's first button publishes: Enter here must not
        event.preventDefault();
        field.form.requestSubmit(field.form.querySelector("[data-enter]"));
      }
      return;
    }
    const at = current();
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at < 0 ? 0 : at - 1);
    else if ((event.key === "a" || event.key === "r") && at >= 0) {
      const target = items[at].querySelector(`[data-key="${event.key}"]`);
      if (event.key === "a") target.click(); else target.focus();
    } else return;
    event.preventDefault();
  });

  // After a decision: the next one. Going to a fragment takes the focus away, so this comes after it.
  if (location.hash === "#stories") addEventListener("load", () => setTimeout(() => go(0)));
})();
