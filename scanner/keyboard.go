package scanner

// Keyboard is a keyboard wedge that this program alone reads, whatever window has the
// focus: on Linux, where the kernel gives it away exclusively. So it types into no window,
// and nothing of it comes twice.
type Keyboard struct{ name, device string }

// NewKeyboard is a source of the keyboard of a name, as 'dapilgate scanner list' tells it, or of a
// path as below /dev/input/by-id. Of several of one name it is the first that no other
// source has.
func NewKeyboard(name, device string) *Keyboard { return &Keyboard{name, device} }

// Name, Kind and Device are Source's.
func (k *Keyboard) Name() string   { return k.name }
func (k *Keyboard) Kind() Kind     { return KindKeyboard }
func (k *Keyboard) Device() string { return k.device }
