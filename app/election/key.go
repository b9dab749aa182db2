package election

import (
	"fmt"
	"iter"
)

// BoxKey packs a box's identity into a number that sorts like the warehouse is walked:
// area, TPS, kind. ordinal is the kind's place in the event from 1, 0 for a spare.
//
//	area (10 digits) | TPS (3) | ordinal (2) | item (1)
func BoxKey(area AreaCode, tps, ordinal int, item Item) int64 {
	var n int64
	for _, c := range area.Digits10() {
		n = n*10 + int64(c-'0')
	}
	return n*1_000_000 + int64(tps)*1_000 + int64(ordinal)*10 + int64(item-'0')
}

// KeyOf is the key of a box of this event. Error: ErrBox where the event has no such kind.
func (e *Event) KeyOf(b Box) (int64, error) {
	if b.Item == ItemSpare {
		return BoxKey(b.Area, b.TPS, 0, b.Item), nil
	}
	for i, k := range e.Kinds {
		if k.Code == b.Kind {
			return BoxKey(b.Area, b.TPS, i+1, b.Item), nil
		}
	}
	return 0, fmt.Errorf("%w: %s: kind %q is not in event %s", ErrBox, b.ID(), b.Kind, e.Code)
}

// BoxOfKey is the box of a key, without its districts. Error: ErrBox.
func (e *Event) BoxOfKey(key int64) (Box, error) {
	area, err := AreaOfDigits(fmt.Sprintf("%010d", key/1_000_000))
	if err != nil || key < 0 {
		return Box{}, fmt.Errorf("%w: key %d", ErrBox, key)
	}
	ordinal := int(key / 10 % 100)
	b := Box{Area: area, TPS: int(key / 1_000 % 1_000), Item: Item('0' + key%10)}
	switch {
	case b.Item == ItemSpare && ordinal == 0:
		b.Kind, b.Index, b.Of = SpareKind, 1, 1
	case b.Item == ItemBox && ordinal >= 1 && ordinal <= len(e.Kinds):
		b.Kind, b.Index, b.Of = e.Kinds[ordinal-1].Code, ordinal, len(e.Kinds)
	default:
		return Box{}, fmt.Errorf("%w: key %d", ErrBox, key)
	}
	return b, nil
}

// Boxes yields the boxes of a kelurahan in the order TPS, kind.
func (e *Event) Boxes(k Kelurahan) iter.Seq[Box] {
	return func(yield func(Box) bool) {
		routing := e.RoutingOf(&k)
		for _, r := range k.TPS {
			for tps := r.From; tps <= r.To; tps++ {
				for i, kind := range e.Kinds {
					if !yield(Box{Area: k.Code, TPS: tps, Kind: kind.Code, Item: ItemBox, Routing: routing,
						Content: e.ContentOf(&k, kind.Code), Index: i + 1, Of: len(e.Kinds)}) {
						return
					}
				}
			}
		}
	}
}

// SpareBoxes yields the spare boxes, kota by kota.
func (e *Event) SpareBoxes() iter.Seq[Box] {
	return func(yield func(Box) bool) {
		for _, kota := range sortedAreas(e.Spares) {
			for n := 1; n <= e.Spares[kota]; n++ {
				if !yield(Box{Area: kota, TPS: n, Kind: SpareKind, Item: ItemSpare, Index: 1, Of: 1}) {
					return
				}
			}
		}
	}
}
