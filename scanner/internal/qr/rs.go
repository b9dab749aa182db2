package qr

// Arithmetic of GF(256) with the polynomial of QR symbols, x^8+x^4+x^3+x^2+1.
var gfExp, gfLog = func() (exp [512]uint8, log [256]uint8) {
	x := 1
	for i := range 255 {
		exp[i], exp[i+255] = uint8(x), uint8(x)
		log[x] = uint8(i)
		x <<= 1
		if x > 255 {
			x ^= 0x11d
		}
	}
	return exp, log
}()

func gfMul(a, b uint8) uint8 {
	if a == 0 || b == 0 {
		return 0
	}
	return gfExp[int(gfLog[a])+int(gfLog[b])]
}

func gfInv(a uint8) uint8 { return gfExp[255-int(gfLog[a])] }

// maxCheck is the most check codewords that a block has.
const maxCheck = 30

// correct mends a block whose last check codewords are its check; the erased positions are
// not trusted at all. It tells how many others it changed, and leaves the block as it was
// if there is no word so near: twice the changed plus the erased are at most check.
func correct(word []uint8, check int, erased []int) (changed int, ok bool) {
	n := len(word)
	if len(erased) > check || check > maxCheck || n > 255 {
		return 0, false
	}
	var synd [maxCheck]uint8
	clean := true
	for i := range check {
		var s uint8
		for _, w := range word {
			if s != 0 {
				s = gfExp[int(gfLog[s])+i]
			}
			s ^= w
		}
		synd[i] = s
		clean = clean && s == 0
	}
	if clean {
		return 0, true
	}
	// The locator of the erasures, then of all errors (Berlekamp and Massey).
	var lambda, prev, temp [maxCheck + 1]uint8
	lambda[0] = 1
	for k, p := range erased {
		x := gfExp[n-1-p]
		for i := k + 1; i > 0; i-- {
			lambda[i] ^= gfMul(lambda[i-1], x)
		}
	}
	prev = lambda
	degree := len(erased)
	for k := len(erased); k < check; k++ {
		var d uint8
		for i := 0; i <= degree; i++ {
			d ^= gfMul(lambda[i], synd[k-i])
		}
		copy(prev[1:check+1], prev[:check])
		prev[0] = 0
		if d == 0 {
			continue
		}
		temp = lambda
		for i := 0; i <= check; i++ {
			lambda[i] ^= gfMul(d, prev[i])
		}
		if 2*degree <= k+len(erased) {
			degree = k + 1 + len(erased) - degree
			inv := gfInv(d)
			for i := 0; i <= check; i++ {
				prev[i] = gfMul(temp[i], inv)
			}
		}
	}
	deg := 0
	for i := check; i > 0; i-- {
		if lambda[i] != 0 {
			deg = i
			break
		}
	}
	if deg != degree || 2*(deg-len(erased))+len(erased) > check {
		return 0, false
	}
	var omega [maxCheck]uint8
	for i := range check {
		for j := 0; j <= min(i, deg); j++ {
			omega[i] ^= gfMul(lambda[j], synd[i-j])
		}
	}
	var at [maxCheck]int
	var by [maxCheck]uint8
	found := 0
	for p := range n {
		power := n - 1 - p // the position's root is alpha^-power
		inv := (255 - power) % 255
		var v, odd uint8
		for i := 0; i <= deg; i++ {
			if lambda[i] == 0 {
				continue
			}
			t := gfExp[(int(gfLog[lambda[i]])+i*inv)%255]
			v ^= t
			if i&1 == 1 {
				odd ^= t
			}
		}
		if v != 0 {
			continue
		}
		if found == deg || odd == 0 {
			return 0, false
		}
		var o uint8
		for i := range check {
			if omega[i] != 0 {
				o ^= gfExp[(int(gfLog[omega[i]])+i*inv)%255]
			}
		}
		// Forney, with the first root alpha^0: the derivative's x^-1 and X cancel.
		at[found], by[found] = p, gfMul(o, gfInv(odd))
		found++
	}
	if found != deg {
		return 0, false
	}
	for i := range found {
		word[at[i]] ^= by[i]
		if by[i] == 0 {
			continue
		}
		changed++
		for _, e := range erased {
			if e == at[i] {
				changed--
				break
			}
		}
	}
	return changed, true
}
