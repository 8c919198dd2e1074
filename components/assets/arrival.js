// Scrolls to a result that lies beyond the screen, once, and tells a screen reader what it is, whenever that changes.

// A page is laid out in steps: the place moves while pictures and charts above and below it come.
const LOOKS = [100, 700]
// Pixels at the upper edge that the navigation covers, and at the lower edge that are too few to see anything.
const COVERED = 60
const TOO_FEW = 160

const told = new Map()

export default function ({ parentElement, data }) {
  const before = told.get(data.place)
  const arrived = before?.which !== data.which
  told.set(data.place, data)
  const mark = parentElement.querySelector("p")
  if (arrived) scroll(mark)
  // a change of what is there is read out, what is there from the beginning is not
  if (arrived || before.words !== data.words) setTimeout(() => (mark.textContent = data.words), LOOKS[0])
}

function scroll(mark) {
  let busy = false
  for (const event of ["wheel", "pointerdown", "touchmove", "keydown"]) {
    window.addEventListener(event, () => (busy = true), { once: true, passive: true })
  }
  for (const wait of LOOKS) setTimeout(() => busy || show(mark), wait)
}

function show(mark) {
  const top = mark.getBoundingClientRect().top
  if (top >= COVERED && top <= window.innerHeight - TOO_FEW) return
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches
  mark.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" })
}
