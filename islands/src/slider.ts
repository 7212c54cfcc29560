/** Says at once what a slider stands at, in its `output`; the answer of the server follows when it is let go. */

document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
  const said = document.querySelector<HTMLOutputElement>(`output[for="${CSS.escape(slider.id)}"]`);
  if (!said?.dataset.unit) return;
  const atRest = said.dataset.atRest ?? "";
  said.textContent = slider.value === "0" && atRest ? atRest : `${slider.value} ${said.dataset.unit}`;
});

/** A place that was closed stands in the list of what is supposed now, so its fields are free for the next. */
document.addEventListener("htmx:afterSwap", (event) => {
  if ((event.target as Element).id !== "proposal") return;
  for (const name of ["close", "passage", "down"]) {
    const field = document.getElementById(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = "";
  }
});

export {};
