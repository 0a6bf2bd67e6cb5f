// What every page does: bring the reader to what is wrong, and warn before typed text is lost.
// A form asks for the warning with data-guard; a script that saved it clears data-dirty.
document.querySelector("[data-focus]")?.focus();

// On a phone the tabs scroll; the current one must be seen.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft + tab.offsetWidth - tab.parentElement.clientWidth + 24;

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "1";
});
document.addEventListener("submit", (event) => {
  delete event.target.dataset.dirty;
  const button = event.submitter;
  if (event.target.method === "post" && button && !event.target.target) button.setAttribute("aria-busy", "true");
});
// A page that comes back from the browser's memory is not waiting any more.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});
