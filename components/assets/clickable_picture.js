// Shows a picture and says where it was clicked, as shares of its width and height: only the server knows its pixels.

// How far from a thin object a click may be, in pixels of the screen. A finger is less exact than a mouse.
const REACH = 6
const REACH_OF_FINGER = 14

export default function ({ parentElement, data, setTriggerValue }) {
  const picture = parentElement.querySelector("img")
  picture.width = data.width
  picture.height = data.height
  picture.alt = data.alt
  // the same picture again would be decoded again
  if (picture.src !== data.source) picture.src = data.source
  picture.onclick = (event) => {
    const box = picture.getBoundingClientRect()
    const reach = event.pointerType === "touch" ? REACH_OF_FINGER : REACH
    setTriggerValue("click", {
      of: data.of,
      across: (event.clientX - box.left) / box.width,
      down: (event.clientY - box.top) / box.height,
      reach: reach / box.width,
    })
  }
}
