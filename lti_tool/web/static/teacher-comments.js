// The comment bank beside a comment: a click or Shift and a digit puts a sentence in, B keeps what is
// written, Escape leaves the field. Saving is the rating page's: a change of the field asks for it.
const bankKeys = document.getElementById("keys");
const TYPED = "textarea, select, input:not([type=radio], [type=checkbox])";

document.querySelectorAll(".bank").forEach((bank) => {
  const area = bank.closest("form").elements.comment;
  const said = bank.querySelector("[role=status]");
  bank.hidden = false;
  bank.addEventListener("click", (event) => {
    const item = event.target.closest(".bank-item");
    if (item) put(area, item.dataset.text);
    else if (event.target.closest(".bank-keep")) keep(bank, area, said);
  });
});

function put(area, sentence) {
  const before = area.value.trim();
  if (before.split("\n").includes(sentence)) return;
  area.value = before ? `${before}\n${sentence}` : sentence;
  for (const name of ["input", "change"]) area.dispatchEvent(new Event(name, { bubbles: true }));
}

async function keep(bank, area, said) {
  const data = new FormData();
  data.set("csrf_token", area.form.elements.csrf_token.value);
  data.set("code", area.form.elements.code.value);
  data.set("text", area.value);
  try {
    const answer = await fetch(bank.dataset.keepUrl, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const body = await answer.json();
    said.textContent = answer.ok ? bank.dataset.kept : body.error ?? body.title;
    if (answer.ok) add(bank, body.text);
  } catch {
    said.textContent = bank.dataset.failed;
  }
}

function add(bank, sentence) {
  const list = bank.querySelector("ul");
  const place = list.querySelectorAll("[data-own]").length;
  const item = list.querySelector("template").content.firstElementChild.cloneNode(true);
  item.querySelector("button").dataset.text = sentence;
  item.querySelector("span").textContent = sentence;
  list.insertBefore(item, list.querySelectorAll("li")[place] ?? null);
  list.querySelectorAll("kbd").forEach((key, index) => { key.textContent = index < 9 ? `⇧${index + 1}` : ""; });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches(".crit-d textarea")) {
    const card = event.target.closest(".crit-d");
    event.target.blur();
    card.querySelector("summary").focus();
    return;
  }
  if (!bankKeys.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPED)) return;
  const bank = document.querySelector(".crit-d[open] .bank");
  const digit = event.shiftKey && /^Digit([1-9])$/.exec(event.code)?.[1];
  if (bank && digit) bank.querySelectorAll(".bank-item")[digit - 1]?.click();
  else if (bank && event.key.toLowerCase() === "b") bank.querySelector(".bank-keep").click();
  else return;
  event.preventDefault();
});
