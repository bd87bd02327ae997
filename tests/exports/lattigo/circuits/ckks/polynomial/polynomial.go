// Package polynomial stands in for Lattigo's in tests: the caller has mapped the interval to [-1, 1].
package polynomial

import (
	"errors"
	"math/bits"

	"github.com/tuneinsight/lattigo/v6/core/rlwe"
	"github.com/tuneinsight/lattigo/v6/schemes/ckks"
	"github.com/tuneinsight/lattigo/v6/utils/bignum"
)

// Evaluator evaluates polynomials.
type Evaluator struct{}

// NewEvaluator makes one.
func NewEvaluator(ckks.Parameters, *ckks.Evaluator) *Evaluator { return &Evaluator{} }

// Evaluate takes ceil(log2(degree + 1)) levels and does not look at the polynomial's interval.
func (Evaluator) Evaluate(ct *rlwe.Ciphertext, p interface{}, scale rlwe.Scale) (*rlwe.Ciphertext, error) {
	poly, is := p.(bignum.Polynomial)
	levels := bits.Len(uint(len(poly.Coeffs) - 1))
	if !is || poly.Basis != bignum.Chebyshev || ct.Depth < levels {
		return nil, errors.New("not a series, or too few levels")
	}
	out := ct.CopyNew()
	out.Depth -= levels
	out.Scale = scale
	for i, t := range ct.Slots {
		one, two := 0.0, 0.0
		for k := len(poly.Coeffs) - 1; k > 0; k-- {
			one, two = poly.Coeffs[k]+2*t*one-two, one
		}
		out.Slots[i] = poly.Coeffs[0] + t*one - two
	}
	return out, nil
}
