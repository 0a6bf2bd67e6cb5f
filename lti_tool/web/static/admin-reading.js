// While a document is read, its progress is looked up every two seconds; once it is read, the page
// is loaded anew. Without scripts there is a link to refresh.
const EVERY = 2000;

async function look() {
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    setTimeout(look, EVERY);
    return;
  }
  const now = page.querySelector("[data-reading]");
  if (!now) {
    location.reload();
    return;
  }
  const shown = document.querySelector("[data-reading]");
  const said = now.querySelector("[role=status]").textContent;
  const status = shown.querySelector("[role=status]");
  if (status.textContent !== said) {
    status.textContent = said;
    shown.querySelector("progress").replaceWith(now.querySelector("progress"));
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
