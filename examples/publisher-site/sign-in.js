// How a publisher's site signs its readers in to its cards.
//
// The site knows its reader. Its server says who that is in a token (a JWT) that it signs with the
// publisher's key: here `GET token?reader=`, for the readers of the sample. The page hands the
// token to a card when one asks for it, and that is all: the card's host does the rest, for all
// cards of the page. A token never goes into an address.

const READERS = {
  anan: "阿南",
  xiaobei: "小贝（新读者）",
  qinghe: "青禾（大咖）",
  shitou: "石头（管理员）",
  laoxu: "老徐（圈主）",
};
const KEY = "reader";

const make = (name, properties) => Object.assign(document.createElement(name), properties);
const button = make("button", { type: "button", className: "reader", onclick: () => ask() });
const dialog = make("dialog", { ariaLabel: "登录贝壳日报" });
// The card that asked for its reader, if one did.
let asking;

function show() {
  button.textContent = READERS[sessionStorage[KEY]] ?? "登录";
}

function ask(card) {
  asking = card;
  dialog.showModal();
}

function choose(reader) {
  sessionStorage[KEY] = reader;
  dialog.close();
  show();
  signIn(asking ?? document.querySelector("circle-card"));
}

async function signIn(card) {
  const answer = await fetch(`token?reader=${encodeURIComponent(sessionStorage[KEY])}`);
  await customElements.whenDefined("circle-card");
  if (answer.ok) card?.signIn(await answer.text());
}

// A tap needs somebody who is signed in. Whoever is known here need not be asked again.
addEventListener("circle-card:auth-required", ({ target }) => {
  if (sessionStorage[KEY]) signIn(target);
  else ask(target);
});

dialog.append(make("h2", { textContent: "登录贝壳日报" }));
for (const [reader, textContent] of Object.entries(READERS))
  dialog.append(make("button", { type: "button", textContent, onclick: () => choose(reader) }));
const close = () => dialog.close();
dialog.append(
  make("button", { type: "button", className: "later", textContent: "以后再说", onclick: close }),
);
show();
document.querySelector(".masthead").append(button);
document.body.append(dialog);
