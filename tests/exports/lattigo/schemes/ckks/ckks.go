// Package ckks stands in for Lattigo's in tests: its documented semantics on plain numbers, nothing encrypted.
package ckks

import (
	"errors"
	"math"

	"github.com/tuneinsight/lattigo/v6/core/rlwe"
)

// LogScale is the default scale, and the size of every prime.
const LogScale = 40

// ParametersLiteral are parameters that nobody has checked.
type ParametersLiteral struct {
	LogN            int
	Q, P            []uint64
	LogDefaultScale int
}

// Parameters are the parameters.
type Parameters struct{}

// DefaultScale is the scale that rescaling comes back to.
func (Parameters) DefaultScale() rlwe.Scale { return rlwe.Scale{Log2: LogScale} }

// Evaluator computes.
type Evaluator struct{}

func (Evaluator) with(a *rlwe.Ciphertext, b rlwe.Operand, f func(x, y float64) float64) (*rlwe.Ciphertext, error) {
	out := a.CopyNew()
	switch b := b.(type) {
	case *rlwe.Ciphertext:
		if b.Depth < out.Depth {
			out.Depth = b.Depth
		}
		for i := range out.Slots {
			out.Slots[i] = f(a.Slots[i], b.Slots[i])
		}
	case float64:
		for i := range out.Slots {
			out.Slots[i] = f(a.Slots[i], b)
		}
	case int:
		for i := range out.Slots {
			out.Slots[i] = f(a.Slots[i], float64(b))
		}
	default:
		return nil, errors.New("an operand of another type")
	}
	return out, nil
}

// AddNew adds, of ciphertexts those of one scale.
func (e Evaluator) AddNew(a *rlwe.Ciphertext, b rlwe.Operand) (*rlwe.Ciphertext, error) {
	if other, is := b.(*rlwe.Ciphertext); is && other.Scale != a.Scale {
		return nil, errors.New("a sum of different scales")
	}
	return e.with(a, b, func(x, y float64) float64 { return x + y })
}

// MulNew multiplies by a constant: an integer leaves the scale, another takes that of the last prime.
func (e Evaluator) MulNew(a *rlwe.Ciphertext, b rlwe.Operand) (*rlwe.Ciphertext, error) {
	out, err := e.with(a, b, func(x, y float64) float64 { return x * y })
	if c, is := b.(float64); is && err == nil && c != math.Trunc(c) {
		out.Scale.Log2 += LogScale
	}
	return out, err
}

// MulRelinNew multiplies ciphertexts.
func (e Evaluator) MulRelinNew(a *rlwe.Ciphertext, b rlwe.Operand) (*rlwe.Ciphertext, error) {
	out, err := e.with(a, b, func(x, y float64) float64 { return x * y })
	if other, is := b.(*rlwe.Ciphertext); is && err == nil {
		out.Scale.Log2 += other.Scale.Log2
	}
	return out, err
}

// Rescale divides by the last prime while the scale stays near the default.
func (e Evaluator) Rescale(a, out *rlwe.Ciphertext) error {
	if a.Depth == 0 {
		return errors.New("cannot rescale: level 0")
	}
	*out = *a
	for out.Scale.Log2-LogScale >= LogScale-1 && out.Depth > 0 {
		out.Scale.Log2 -= LogScale
		out.Depth--
	}
	return nil
}

// DropLevelNew gives up levels.
func (e Evaluator) DropLevelNew(a *rlwe.Ciphertext, levels int) *rlwe.Ciphertext {
	out := a.CopyNew()
	out.Depth -= levels
	return out
}

// RotateNew rotates to the left.
func (e Evaluator) RotateNew(a *rlwe.Ciphertext, by int) (*rlwe.Ciphertext, error) {
	out := a.CopyNew()
	for i := range out.Slots {
		out.Slots[i] = a.Slots[(i+by)%len(a.Slots)]
	}
	return out, nil
}
