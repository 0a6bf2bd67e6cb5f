// The tool says that it is done: back to the list of tools, as Moodle and Canvas do.
window.addEventListener("message", (event) => {
  if (event.data?.subject === "org.imsglobal.lti.close") {
    window.location.href = document.getElementById("registered").href;
  }
});
