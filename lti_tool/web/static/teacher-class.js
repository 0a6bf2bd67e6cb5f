// The class map: one tab stop, arrow keys inside it, Enter or a click opens a cell's history.
const table = document.querySelector(".heat");
const body = table?.tBodies[0];
if (body?.rows[0]?.cells[1]) {
  const keys = [...table.querySelectorAll("thead [data-key]")].map((head) => head.dataset.key);
  const pop = document.getElementById("pop");
  const inside = document.getElementById("pop-body");
  let at = body.rows[0].cells[1];
  let opened = null;
  at.tabIndex = 0;

  // Twenty thousand cells carry no words of their own; the one in focus gets them.
  function name(cell) {
    if (cell.hasAttribute("aria-label")) return;
    const mastered = Number(cell.className.match(/c(\d)/)?.[1]) >= Number(table.dataset.cut);
    cell.setAttribute("aria-label", `${cell.textContent}, ${mastered ? table.dataset.mastered : table.dataset.below}`);
  }
  function go(row, column) {
    const next = column > 0 ? body.rows[row]?.cells[column] : null;
    if (!next) return;
    const left = at;
    at = next;
    at.tabIndex = 0;
    name(at);
    at.focus();
    // Only now: while it had the focus, this would lay the whole map out once more.
    if (left !== at) left.removeAttribute("tabindex");
  }
  function close() {
    opened?.removeAttribute("aria-expanded");
    pop.hidden = true;
  }
  function place(cell) {
    const box = cell.getBoundingClientRect();
    pop.style.setProperty("left", `${Math.max(12, Math.min(box.left, innerWidth - pop.offsetWidth - 12)) + scrollX}px`);
    pop.style.setProperty("top", `${box.bottom + scrollY + 6}px`);
  }
  async function open(cell) {
    close();
    opened = cell;
    cell.setAttribute("aria-expanded", "true");
    inside.textContent = table.dataset.loading;
    pop.hidden = false;
    place(cell);
    const query = new URLSearchParams({
      learner: cell.parentElement.dataset.learner,
      standard: table.dataset.standard,
      requirement: keys[cell.cellIndex - 1],
    });
    try {
      const answer = await fetch(`${table.dataset.history}?${query}`, { headers: { "X-Requested-With": "fetch" } });
      const text = await answer.text();
      if (opened !== cell) return;
      if (answer.ok) inside.innerHTML = text;
      else inside.textContent = table.dataset.failed;
    } catch {
      if (opened === cell) inside.textContent = table.dataset.failed;
    }
    if (opened === cell) place(cell);
  }

  body.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    go(cell.parentElement.sectionRowIndex, cell.cellIndex);
    open(cell);
  });
  body.addEventListener("keydown", (event) => {
    if (event.target !== at) return;
    const row = at.parentElement.sectionRowIndex;
    const ends = { Home: 1, End: keys.length };
    const move = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (move) go(row + move[0], at.cellIndex + move[1]);
    else if (event.key in ends) go(row, ends[event.key]);
    else if (event.key === "Enter") open(at).then(() => document.getElementById("pop-close").focus());
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !pop.hidden) { close(); opened.focus(); }
  });
  document.getElementById("pop-close").addEventListener("click", () => { close(); opened.focus(); });
  document.getElementById("only-box").hidden = false;
  document.getElementById("only").addEventListener("change", (event) => table.classList.toggle("only-weak", event.target.checked));
}
