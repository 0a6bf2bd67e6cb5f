// The chooser: one level at a time, a task ticks its requirements, count and preview follow.
const form = document.getElementById("choose");
const trees = [...form.querySelectorAll("[data-tree]")];
const levels = document.getElementById("levels");
const count = document.getElementById("count");
const preview = document.getElementById("preview");

const shown = () => trees.find((tree) => !tree.hidden);
const codesOf = (task) => [...task.closest(".task-pick").querySelectorAll("[data-code]:not(:disabled)")];
const ticked = () => [...shown().querySelectorAll("[data-code]:checked")];

// A hidden level's boxes are kept but not sent: an assessment has one level.
function show(level) {
  trees.forEach((tree) => {
    tree.hidden = tree.disabled = tree.dataset.tree !== level;
    delete tree.dataset.later; // kept the page still until this script ran
  });
  levels.querySelectorAll("[data-level]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.level === level));
  });
  refresh();
}

function refresh() {
  let tasks = 0;
  shown().querySelectorAll("[data-task]:not(:disabled)").forEach((task) => {
    const boxes = codesOf(task);
    const some = boxes.filter((box) => box.checked).length;
    task.checked = some > 0 && some === boxes.length;
    task.indeterminate = some > 0 && !task.checked;
    if (some) tasks += 1;
  });
  const boxes = ticked();
  const words = boxes.length ? count.dataset.some.replace("{tasks}", tasks).replace("{codes}", boxes.length) : count.dataset.none;
  const red = boxes.some((box) => "red" in box.dataset);
  count.textContent = red ? `${words} · ${count.dataset.red}` : words;
  look(boxes.map((box) => box.value));
}

let asked = 0;
let timer;
function look(codes) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const turn = (asked += 1);
    const query = new URLSearchParams(codes.map((code) => ["codes", code]));
    try {
      const answer = await fetch(`${form.dataset.preview}&${query}`, { headers: { "X-Requested-With": "fetch" } });
      const text = await answer.text();
      // A slow answer must not replace a newer one.
      if (answer.ok && turn === asked) preview.innerHTML = text;
    } catch {
      // Offline: the last preview stays; inserting will say so itself.
    }
  }, 200);
}

form.addEventListener("change", (event) => {
  const box = event.target;
  if (box.dataset.task) codesOf(box).forEach((each) => { each.checked = box.checked; });
  if (box.dataset.task || box.dataset.code) refresh();
});
levels.addEventListener("click", (event) => {
  const button = event.target.closest("[data-level]");
  if (button) show(button.dataset.level);
});
trees.forEach((tree) => tree.querySelector("legend").classList.add("vh"));
show(levels.querySelector('[aria-pressed="true"]').dataset.level);
