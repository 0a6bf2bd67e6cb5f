// Sends the page's only form at once; without scripts the person presses its button.
document.getElementById("post").submit();
