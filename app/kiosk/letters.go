package kiosk

// letterRows are the keys of the keyboard on the screen, row by row.
var letterRows = []string{"1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM.:/"}

// letters is the keyboard on the screen, each row a cell: keys large enough for gloves, and
// no text field that a scan could type into.
func (l *look) letters(press func(key string)) []cell {
	var rows []cell
	for _, r := range letterRows {
		var keys []cell
		for _, k := range r {
			keys = append(keys, grow(1, l.button("", string(k), func() { press(string(k)) }).sized(34)))
		}
		rows = append(rows, grow(1, l.row(8, keys...)))
	}
	return rows
}
