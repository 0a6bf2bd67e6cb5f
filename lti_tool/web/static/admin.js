// Copy buttons: they work only with a script, so only a script shows them. In a frame the browser
// may refuse the clipboard; then the value is selected, ready for the keyboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    let done = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      done = false;
    }
    const status = document.getElementById("copied");
    status.textContent = done ? button.dataset.done : status.dataset.failed;
  });
}
