// Package bignum stands in for Lattigo's in tests.
package bignum

// Basis is what coefficients multiply.
type Basis int

// Bases.
const (
	Monomial = Basis(iota)
	Chebyshev
)

// Polynomial has the full first coefficient.
type Polynomial struct {
	Basis  Basis
	Coeffs []float64
	A, B   float64
}

// NewPolynomial of coefficients; the interval is a note to the caller.
func NewPolynomial(basis Basis, coeffs interface{}, interval interface{}) Polynomial {
	ends := interval.([2]float64)
	return Polynomial{Basis: basis, Coeffs: coeffs.([]float64), A: ends[0], B: ends[1]}
}
