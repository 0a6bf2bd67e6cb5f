// Keeps values for tools by messages (1EdTech LTI postMessage Storage), each tool's by itself, with
// Canvas's limits. They live as long as the page around this frame.
const LONGEST = 4096;
const MOST = 500;
const SUBJECTS = ["lti.capabilities", "lti.put_data", "lti.get_data"];
const kept = new Map();

function refusal(code, message) {
  return { error: { code, message } };
}

function put(values, { key, value }) {
  if (value === undefined || value === null) {
    values.delete(key);
    return { key };
  }
  const full = values.size >= MOST && !values.has(key);
  if (full || String(key).length + String(value).length > LONGEST) {
    return refusal("storage_exhaustion", "There is no room for this value");
  }
  values.set(key, value);
  return { key, value };
}

function answer(origin, data) {
  if (data.subject === "lti.capabilities") {
    return { supported_messages: SUBJECTS.map((subject) => ({ subject, frame: window.name })) };
  }
  if (!SUBJECTS.includes(data.subject)) return refusal("unsupported_subject", "Unknown subject");
  if (!data.key || !data.message_id) return refusal("bad_request", "key and message_id are needed");
  if (!kept.has(origin)) kept.set(origin, new Map());
  const values = kept.get(origin);
  if (data.subject === "lti.put_data") return put(values, data);
  return { key: data.key, value: values.get(data.key) };
}

window.addEventListener("message", ({ origin, source, data }) => {
  if (!data?.subject?.startsWith?.("lti.")) return;
  const { subject, message_id } = data;
  source.postMessage({ subject: `${subject}.response`, message_id, ...answer(origin, data) }, origin);
});
