// Rate by code: a tap is put into a queue of this browser and sent by itself. What is not sent yet
// survives a loss of network, a reload and the end of a session; a cell that somebody else rated
// meanwhile shows both words and waits for a decision. On a row the keys 0 to 9 give a level, up and
// down go to another student.
const floor = document.getElementById("floor");
const saveState = document.getElementById("save");
const toast = document.getElementById("toast");
const PAUSE = 400;
const RETRY = [3000, 6000, 12000, 30000, 60000];

if (floor) {
  const words = floor.dataset;
  const code = words.code;
  const name = `dabiao:floor:${words.owner}:${words.here.split("/assessments/")[1]}`;
  const rows = new Map([...floor.querySelectorAll(".floor-row")].map((row) => [row.dataset.learner, row]));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const seen = new Map([...rows].map(([learner, row]) => [learner, row.querySelector("input[type=hidden]").value.split(":")[0]]));
  const stands = new Map([...rows].map(([learner, row]) => [learner, level(row)]));
  const owns = new Map([...rows].map(([learner, row]) => [learner, "own" in row.dataset]));

  // --- The queue: {code: {learner: entry}}; an entry is {level, seen, sent, comment, confirmed} -----

  let kept = true;
  let queue = {};
  try { queue = JSON.parse(localStorage.getItem(name)) ?? {}; } catch { kept = false; }
  function keep() {
    try {
      Object.keys(queue).length ? localStorage.setItem(name, JSON.stringify(queue)) : localStorage.removeItem(name);
    } catch { kept = false; }
  }
  function put(of, learner, entry) { (queue[of] ??= {})[learner] = entry; keep(); }
  function drop(of, learner) {
    delete queue[of][learner];
    if (!Object.keys(queue[of]).length) delete queue[of];
    keep();
  }
  const entries = () => Object.entries(queue).flatMap(([of, cells]) => Object.entries(cells).map(([learner, entry]) => ({ of, learner, entry })));
  const waiting = () => entries().filter(({ entry }) => !entry.stopped && !entry.held);

  // --- Sending ---------------------------------------------------------------------------------

  let flying = false;
  let failures = 0;
  let timer = 0;
  let state = "pending";
  let gave = false;
  function soon(pause) { clearTimeout(timer); timer = setTimeout(send, pause); }

  async function send() {
    if (flying) return;
    const [next] = waiting();
    if (!next) return show();
    const batch = waiting().filter(({ of }) => of === next.of);
    flying = true;
    const data = new FormData();
    data.set("csrf_token", floor.elements.csrf_token.value);
    data.set("code", next.of);
    const sent = batch.map(({ learner, entry }) => ({ learner, entry, level: entry.level }));
    for (const { learner, entry } of batch) {
      data.set(`level-${learner}`, entry.level);
      data.set(`seen-${learner}`, entry.seen);
      data.set(`sent-${learner}`, entry.sent.join(" "));
      if (entry.comment !== undefined) data.set(`comment-${learner}`, entry.comment);
      if (entry.confirmed) data.set(`confirmed-${learner}`, "1");
      if (entry.level > 0 && !entry.sent.includes(entry.level)) entry.sent.push(entry.level);
    }
    keep();
    try {
      const answer = await fetch(floor.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const body = answer.ok ? await answer.json() : null;
      flying = false;
      if (body) settled(next.of, sent, body.cells);
      else refusedWhole(answer.status);
    } catch {
      flying = false;
      again("offline");
    }
  }
  function again(why) {
    state = why;
    soon(RETRY[Math.min(failures, RETRY.length - 1)]);
    failures += 1;
    show();
  }
  function refusedWhole(status) {
    if (status === 409 || status === 429 || status >= 500) return again("pending");
    state = status === 401 ? "ended" : "stuck";
    show();
  }
  function settled(of, sent, cells) {
    failures = 0;
    state = "pending";
    const told = new Map(cells.map((cell) => [String(cell.learner), cell]));
    for (const { learner, entry, level: tried } of sent) {
      const cell = told.get(learner);
      if (!cell) drop(of, learner);
      else if (cell.state === "saved") saved(of, learner, entry, tried, cell);
      else if (entry.level === tried) { entry.stopped = true; entry.cell = cell; keep(); }
      if (of === code && rows.has(learner)) paint(learner);
    }
    waiting().length ? soon(0) : show();
  }
  function here(learner, cell) {
    seen.set(learner, cell.id);
    stands.set(learner, cell.level);
    owns.set(learner, cell.own);
  }
  function saved(of, learner, entry, tried, cell) {
    if (of === code) here(learner, cell);
    if (entry.level === tried) return drop(of, learner);
    entry.seen = cell.id;
    entry.sent = [];
    keep();
  }

  // --- What a row shows --------------------------------------------------------------------------

  function level(row) { return Number(row.querySelector("input[type=radio]:checked")?.value ?? 0); }
  function tick(row, number) {
    const input = row.querySelector(`input[type=radio][value="${number}"]`);
    if (input) input.checked = true;
  }
  const word = (row, number) => row.querySelector(`input[type=radio][value="${number}"]`)?.getAttribute("aria-label") ?? number;
  function paint(learner) {
    const row = rows.get(learner);
    const entry = queue[code]?.[learner];
    tick(row, entry ? entry.level : stands.get(learner));
    row.querySelector(".conflict")?.remove();
    if (entry?.stopped) row.append(problem(row, learner, entry));
    if (entry?.held && row.querySelector("textarea")) row.querySelector("textarea").value = entry.comment;
    show();
  }
  function problem(row, learner, entry) {
    const { cell } = entry;
    const box = Object.assign(document.createElement("div"), { className: "conflict" });
    box.setAttribute("role", "alert");
    const values = { mine: word(row, entry.level), theirs: word(row, cell.level), rater: cell.rater, at: cell.at };
    const text = cell.state === "refused" ? cell.message : fill(cell.own ? words.elsewhere : words.conflict, values);
    const line = Object.assign(document.createElement("p"), { textContent: text });
    const choices = Object.assign(document.createElement("div"), { className: "row" });
    const leave = () => {
      here(learner, cell);
      drop(code, learner);
      paint(learner);
    };
    if (cell.state === "conflict") {
      choices.append(choice(words.mine, () => give(learner, entry.level, { ...entry, seen: cell.id })));
      choices.append(choice(cell.own ? words.keep : fill(words.theirs, values), leave));
    } else choices.append(choice(words.keep, leave));
    box.append(line, choices);
    return box;
  }
  function choice(label, act) {
    const button = Object.assign(document.createElement("button"), { className: "btn", type: "button", textContent: label });
    button.addEventListener("click", act);
    return button;
  }
  function show() {
    const open = waiting().length;
    const stopped = entries().filter(({ entry }) => entry.stopped).length;
    const held = entries().length - open - stopped;
    const parts = [];
    if (open) parts.push(fill(kept || state === "ended" ? words[state] : words.unkept, { n: open }));
    if (held) parts.push(fill(words.reason, { n: held }));
    if (stopped) parts.push(fill(words.decide, { n: stopped }));
    saveState.className = parts.length ? "save save-off" : "save save-ok";
    saveState.textContent = parts.join(" · ") || (gave ? saveState.dataset.ok : "");
    if (!saveState.textContent) saveState.className = "save";
    const rated = [...rows.values()].filter((row) => level(row) > 0).length;
    document.getElementById("done").textContent = fill(words.rated, { rated, all: rows.size });
    const others = [...new Set(entries().map(({ of }) => of))].filter((of) => of !== code);
    const line = document.getElementById("elsewhere");
    line.hidden = !others.length;
    line.replaceChildren(words.other, ...others.map((of) => Object.assign(document.createElement("a"), { href: `${words.here}?code=${of}`, textContent: `${of} ` })));
  }

  // --- Giving --------------------------------------------------------------------------------------

  let last = null;
  function give(learner, number, { seen: from = seen.get(learner), sent = [], comment, confirmed } = {}) {
    gave = true;
    put(code, learner, { level: number, seen: from, sent, comment, confirmed });
    paint(learner);
    soon(PAUSE);
  }
  function tapped(row) {
    const learner = row.dataset.learner;
    const number = level(row);
    const before = queue[code]?.[learner];
    const box = row.querySelector("textarea");
    if (words.breach && number > 0 && box && isBreach(row, number)) {
      put(code, learner, { level: number, seen: seen.get(learner), sent: before?.sent ?? [], comment: box.value, held: true });
      paint(learner);
      box.focus();
      return;
    }
    // Undone is one's own word only: what somebody else gave stands again once it is taken back.
    const own = before && !before.held ? before.level : owns.get(learner) && stands.get(learner);
    last = { learner, level: own || 0 };
    give(learner, number, before?.stopped ? {} : { seen: before?.seen, sent: before?.sent });
    toast.querySelector("span").textContent = fill(words.gave, { name: row.getAttribute("aria-label"), level: word(row, number) });
    toast.hidden = false;
  }
  const isBreach = (row, number) => row.querySelector(`input[type=radio][value="${number}"]`).closest("label").matches(":not(.at-cut)");

  floor.addEventListener("change", (event) => {
    if (event.target.type === "radio") tapped(event.target.closest(".floor-row"));
  });
  floor.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    const entry = queue[code]?.[event.target.closest(".floor-row").dataset.learner];
    if (entry?.held) { entry.comment = event.target.value; keep(); }
  });
  floor.addEventListener("submit", (event) => {
    event.preventDefault();
    event.submitter?.removeAttribute("aria-busy");
    const row = rows.get(event.submitter?.value);
    if (row) {
      const comment = row.querySelector("textarea").value;
      const confirmed = row.querySelector("input[type=checkbox]").checked;
      give(row.dataset.learner, level(row), { comment, confirmed });
    } else soon(0);
  });
  document.getElementById("undo").addEventListener("click", () => {
    if (!last) return;
    give(last.learner, last.level);
    toast.hidden = true;
    last = null;
  });
  floor.addEventListener("keydown", (event) => {
    const row = event.target.closest(".floor-row");
    if (!row || event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const input = /^[0-9]$/.test(event.key) ? row.querySelector(`input[type=radio][value="${event.key}"]:not(:disabled)`) : null;
    if (step) {
      const all = [...rows.values()];
      const to = all[all.indexOf(row) + step];
      (to?.querySelector("input[type=radio]:checked") ?? to?.querySelector("input[type=radio]"))?.focus();
    } else if (input) { input.focus(); input.click(); }
    else return;
    event.preventDefault();
  });
  window.addEventListener("online", () => { failures = 0; soon(0); });
  window.addEventListener("beforeunload", (event) => { if (!kept && entries().length) event.preventDefault(); });
  document.getElementById("print").addEventListener("click", () => window.print());

  document.getElementById("save-all").hidden = true;
  floor.removeAttribute("data-guard");
  // A reload asks anew about what was in conflict: it may have been decided elsewhere.
  for (const { entry } of entries()) { delete entry.stopped; delete entry.cell; }
  rows.forEach((_, learner) => { if (queue[code]?.[learner]) paint(learner); });
  show();
  if (entries().length) soon(0);
}
