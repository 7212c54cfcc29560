/** Passkeys: ask the device, put its answer into the form, send it. Words come from the template. */

type Json = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null): string | null {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Turn the options' base64url texts into bytes, where the browser does not do so itself. */
function options(data: any): any {
  const key = data.publicKey ?? data;
  const named = (list: any[] | undefined) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...key,
    challenge: bytes(key.challenge),
    ...(key.user && { user: { ...key.user, id: bytes(key.user.id) } }),
    ...(key.excludeCredentials && { excludeCredentials: named(key.excludeCredentials) }),
    ...(key.allowCredentials && { allowCredentials: named(key.allowCredentials) }),
  };
}

function answer(made: PublicKeyCredential): Json {
  const said = made.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Json = { clientDataJSON: text(said.clientDataJSON) };
  if (said.attestationObject) {
    response.attestationObject = text(said.attestationObject);
    response.transports = said.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(said.authenticatorData);
    response.signature = text(said.signature);
    response.userHandle = text(said.userHandle);
  }
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

async function asked(form: HTMLFormElement): Promise<any> {
  const address = form.dataset.passkeyOptions;
  if (!address) return JSON.parse(document.getElementById("passkey-options")!.textContent!);
  const token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value;
  const reply = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return reply.json();
}

async function ask(form: HTMLFormElement): Promise<void> {
  const refusal = form.querySelector<HTMLElement>("[data-passkey-refusal]");
  if (refusal) refusal.hidden = true;
  try {
    const publicKey = options(await asked(form));
    const made =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
    if (!made) throw new Error("no passkey");
    form.querySelector<HTMLInputElement>("[name=answer]")!.value = JSON.stringify(answer(made as PublicKeyCredential));
    form.submit();
  } catch {
    // The browser says no more than that it was cancelled, timed out or is not possible here.
    if (refusal) {
      refusal.textContent = form.dataset.passkeyFailed ?? "";
      refusal.hidden = false;
    }
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void ask(form);
    });
  }
}
