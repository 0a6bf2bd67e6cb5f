// Proves that the browser which ends a launch is the one that began it, where cookies are blocked
// in frames: a secret is put at the platform by messages (1EdTech LTI Client Side postMessages and
// postMessage Storage) and fetched again after it. No answer in a second means: no storage.
const PATIENCE = 1000;
const page = document.getElementById("browser");
const { step, target, origin, key, value, onward } = page.dataset;

function platform() {
  const outside = window.opener || (window.parent === window ? null : window.parent);
  if (!outside || !target || target === "_parent") return outside;
  try {
    return outside.frames[target] || outside;
  } catch {
    return outside; // no frame of that name
  }
}

function ask(subject, more) {
  const frame = platform();
  const id = `${subject} ${key}`;
  return new Promise((resolve) => {
    if (!frame) return resolve(null);
    setTimeout(resolve, PATIENCE, null);
    window.addEventListener("message", ({ origin: from, data }) => {
      if (from !== origin || data?.message_id !== id) return;
      if (data.subject === `${subject}.response`) resolve(data.error ? null : data.value);
    });
    frame.postMessage({ subject, message_id: id, key, ...more }, origin);
  });
}

function show(part) {
  page.querySelectorAll("[data-part]").forEach((each) => { each.hidden = each.dataset.part !== part; });
}

async function begin() {
  const kept = document.cookie.split("; ").includes("lti-cookies=1");
  const alone = window.top === window && !window.opener;
  if (kept || alone || (target && await ask("lti.put_data", { value }) === value)) {
    window.location.replace(onward);
    return;
  }
  page.querySelector("[data-opens]").addEventListener("click", () => setTimeout(show, 0, "opened"));
  show("blocked");
}

async function end() {
  const form = page.querySelector("form");
  const found = await ask("lti.get_data");
  form.elements.proof.value = typeof found === "string" ? found : "";
  form.submit();
}

if (step === "begin") begin(); else end();
