// Package labels is the print shop: what goes onto a box. What enters is a Sticker, plain
// texts that are ready to print, and a Stock, the paper; what leaves is a PDF, a picture
// for the window or a Zebra printer's language. It also keeps the signing key, because
// labels are signed where they are printed.
//
// It knows no event, no ledger and no window: which box gets which text is the caller's to
// say, and it never changes a text except to set it smaller, narrower or on two lines.
package labels
