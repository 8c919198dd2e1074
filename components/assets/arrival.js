// Tells a screen reader what has come, and scrolls to it where it lies beyond the screen; once for each result.

// A page is laid out in steps: the place moves while pictures and charts above and below it come.
const LOOKS = [100, 700]
// Pixels at the upper edge that the navigation covers, and at the lower edge that are too few to see anything.
const COVERED = 60
const TOO_FEW = 160

const told = new Map()

export default function ({ parentElement, data }) {
  if (told.get(data.place) === data.which) return
  told.set(data.place, data.which)
  const mark = parentElement.querySelector("p")
  let busy = false
  for (const event of ["wheel", "pointerdown", "touchmove", "keydown"]) {
    window.addEventListener(event, () => (busy = true), { once: true, passive: true })
  }
  for (const wait of LOOKS) setTimeout(() => busy || show(mark), wait)
  // a change of what is there is read out, what is there from the beginning is not
  setTimeout(() => (mark.textContent = data.words), LOOKS[0])
}

function show(mark) {
  const top = mark.getBoundingClientRect().top
  if (top >= COVERED && top <= window.innerHeight - TOO_FEW) return
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches
  mark.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" })
}
