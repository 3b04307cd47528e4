// Calls out loud: a chime, then the browser's own Indonesian voice. Where it has none the chime calls the eye to the number.
const WAITING = 3; // after a long cut only the last calls are still of use
const CHIME = 900; // milliseconds the chime takes
const LONGEST = 15000; // some browsers never say that they have spoken
const calls = [];
let speaking = false;
let audio;

export function announce(text) {
  calls.push(text);
  if (calls.length > WAITING) calls.shift();
  if (!speaking) next();
}

function next() {
  const text = calls.shift();
  speaking = text !== undefined;
  if (!speaking) return;
  document.documentElement.dataset.spoken = text;
  chime();
  setTimeout(() => say(text).then(next), CHIME);
}

function say(text) {
  const voices = window.speechSynthesis?.getVoices() || [];
  const voice = voices.find((one) => /^id\b|^in\b/i.test(one.lang));
  // A foreign voice would read Indonesian so that nobody understands it; none listed may still be the device's own.
  if (!window.speechSynthesis || (voices.length && !voice)) return new Promise((done) => setTimeout(done, CHIME));
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(text);
    words.lang = "id-ID";
    words.rate = 0.9;
    if (voice) words.voice = voice;
    words.onend = words.onerror = done;
    setTimeout(done, LONGEST);
    window.speechSynthesis.speak(words);
  });
}

// Two falling tones, made here: no file to fetch, no voice to have.
function chime() {
  document.documentElement.dataset.chimes = Number(document.documentElement.dataset.chimes || 0) + 1;
  audio ||= window.AudioContext && new AudioContext();
  if (audio?.state !== "running") return;
  [784, 587].forEach((pitch, at) => {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const begins = audio.currentTime + at * 0.35;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.4, begins);
    loudness.gain.exponentialRampToValueAtTime(0.001, begins + 0.6);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.6);
  });
}

// Browsers keep quiet until somebody has touched the page once; the button is that touch.
const button = document.querySelector("[data-live-sound]");
if (button) {
  window.speechSynthesis?.getVoices(); // asked for once, so that they are there at the first call
  button.hidden = Boolean(navigator.userActivation?.hasBeenActive);
  button.addEventListener("click", () => {
    audio ||= window.AudioContext && new AudioContext();
    audio?.resume().then(chime);
    button.hidden = true;
  });
}
