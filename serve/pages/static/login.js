// The way back: the place that was asked for is sent along with the key, and stays in the address meanwhile.
const form = document.querySelector("form");
if (location.hash.length > 1) {
  form.elements.at.value = location.hash.slice(1);
  form.action = `/login${location.hash}`;
}

// A link on a page of elsewhere comes without the cookie of a session: where there is one, nobody has to sign in again.
const told = await fetch("/api/v1/me").catch(() => null);
if (told?.ok && document.querySelector("[role=alert]").hidden) location.replace(`/#${form.elements.at.value}`);
