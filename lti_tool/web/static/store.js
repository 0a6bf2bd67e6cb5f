// Where typed text is kept until the tool has it as what it is: in this browser or, where a framed
// page may keep nothing in it, at the tool, which takes it even after the session has ended.
const { arrived, keeper, typed } = document.body.dataset;
const PAUSE = 2500; // longer than a draft needs to save itself, so that only what failed is sent

function ofBrowser() {
  try {
    const storage = window.localStorage;
    return {
      getItem: (name) => storage.getItem(name),
      setItem: (name, text) => storage.setItem(name, text),
      removeItem: (name) => storage.removeItem(name),
      names: () => Object.keys(storage),
    };
  } catch {
    return null;
  }
}

class OfTool {
  constructor(entries) {
    this.entries = new Map(Object.entries(entries));
    this.there = new Set(this.entries.keys());
    this.waiting = new Set();
    window.addEventListener("pagehide", () => this.send());
    window.addEventListener("online", () => this.send());
  }
  getItem(name) { return this.entries.get(name) ?? null; }
  names() { return [...this.entries.keys()]; }
  setItem(name, text) {
    this.entries.set(name, text);
    this.later(name);
  }
  removeItem(name) {
    this.entries.delete(name);
    if (this.there.has(name)) this.later(name);
    else this.waiting.delete(name);
  }
  later(name) {
    this.waiting.add(name);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }
  send() {
    for (const name of this.waiting) {
      this.waiting.delete(name);
      this.there.add(name);
      const body = new URLSearchParams({ name, text: this.entries.get(name) ?? "" });
      fetch(keeper, { method: "POST", body, keepalive: true }).catch(() => this.waiting.add(name));
    }
  }
}

async function entriesAtTool() {
  try {
    const answer = await fetch(typed, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

// A page where nothing is typed, and that no form led to, need not ask.
const asks = typed && (arrived || document.querySelector("form[data-guard]"));
export const store = ofBrowser() ?? new OfTool(asks ? await entriesAtTool() : {});
