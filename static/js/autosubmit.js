// form[data-autosubmit] is sent when a select, checkbox or date of it changes; text waits for Enter or the button.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (!form || !event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) return;
  form.requestSubmit();
});

// Empty filters stay out of the address, so that it can be sent to a colleague.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-autosubmit]")) return;
  for (const [name, value] of [...event.formData.entries()]) {
    if (value === "") event.formData.delete(name);
  }
});
