// Package rlwe stands in for Lattigo's in tests: plain numbers, levels and log2 of scales, nothing encrypted.
package rlwe

// Operand is what a ciphertext is combined with.
type Operand interface{}

// Scale is what the plaintext is multiplied by.
type Scale struct{ Log2 float64 }

// Ciphertext has its numbers in the open.
type Ciphertext struct {
	Slots []float64
	Scale Scale
	Depth int
}

// Level is the index of the last prime.
func (ct *Ciphertext) Level() int { return ct.Depth }

// CopyNew copies.
func (ct *Ciphertext) CopyNew() *Ciphertext {
	out := *ct
	out.Slots = append([]float64(nil), ct.Slots...)
	return &out
}
