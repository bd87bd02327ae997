// Bootstrapper is what refreshes a ciphertext, as Lattigo's bootstrapping.Evaluator does.
type Bootstrapper interface {
	Bootstrap(ct *rlwe.Ciphertext) (*rlwe.Ciphertext, error)
}

// Layout says where the scores of rows stand: slot = key*Stride + row, times Factor.
type Layout struct {
	Keys, Padded, Stride int
	Factor               float64
}

// Pack fills the slots of a ciphertext. Rows that are not there are copies of those that are: a row of zeros may lie outside the
// domain.
func (l Layout) Pack(rows [][]float64) []float64 {
	slots := make([]float64, l.Padded*l.Stride)
	for row := 0; row < l.Stride; row++ {
		for key := 0; key < l.Keys; key++ {
			slots[key*l.Stride+row] = l.Factor * rows[row%len(rows)][key]
		}
	}
	return slots
}

// SelfTest is the largest distance from the table at Points; run encrypts, evaluates and decrypts.
func SelfTest(run func([]float64) ([]float64, error)) (float64, error) {
	x := make([]float64, len(Points))
	for i := range Points {
		x[i] = Points[i][0]
	}
	found, err := run(x)
	if err != nil {
		return 0, err
	}
	largest := 0.0
	for i := range Points {
		largest = math.Max(largest, math.Abs(found[i]-Points[i][1]))
	}
	return largest, nil
}

// circuit has the operations; after the first error it does nothing more.
type circuit struct {
	eval           *ckks.Evaluator
	bootstrapper   Bootstrapper
	stride, padded int
	err            error
}

func (c *circuit) try(operation func() (*rlwe.Ciphertext, error)) (out *rlwe.Ciphertext) {
	if c.err == nil {
		out, c.err = operation()
	}
	return out
}

func (c *circuit) rescaled(operation func() (*rlwe.Ciphertext, error)) *rlwe.Ciphertext {
	return c.try(func() (*rlwe.Ciphertext, error) {
		out, err := operation()
		if err != nil {
			return nil, err
		}
		return out, c.eval.Rescale(out, out)
	})
}

func (c *circuit) product(a, b *rlwe.Ciphertext) *rlwe.Ciphertext {
	return c.rescaled(func() (*rlwe.Ciphertext, error) { return c.eval.MulRelinNew(a, b) })
}

func (c *circuit) scaled(a *rlwe.Ciphertext, constant float64) *rlwe.Ciphertext {
	return c.rescaled(func() (*rlwe.Ciphertext, error) { return c.eval.MulNew(a, constant) })
}

func (c *circuit) sum(a, b *rlwe.Ciphertext) *rlwe.Ciphertext {
	return c.try(func() (*rlwe.Ciphertext, error) { return c.eval.AddNew(a, b) })
}

func (c *circuit) plus(a *rlwe.Ciphertext, constant float64) *rlwe.Ciphertext {
	return c.try(func() (*rlwe.Ciphertext, error) { return c.eval.AddNew(a, constant) })
}

func (c *circuit) negated(a *rlwe.Ciphertext) *rlwe.Ciphertext {
	return c.try(func() (*rlwe.Ciphertext, error) { return c.eval.MulNew(a, -1) })
}

func (c *circuit) refreshed(a *rlwe.Ciphertext) *rlwe.Ciphertext {
	return c.try(func() (*rlwe.Ciphertext, error) {
		if c.bootstrapper == nil {
			return nil, errors.New("this circuit needs a bootstrapper")
		}
		return c.bootstrapper.Bootstrap(a)
	})
}

// combination multiplies at one level, so that all terms are rescaled together.
func (c *circuit) combination(values []*rlwe.Ciphertext, factors []float64, constant float64) *rlwe.Ciphertext {
	return c.rescaled(func() (*rlwe.Ciphertext, error) {
		level := values[0].Level()
		for _, value := range values {
			if value.Level() < level {
				level = value.Level()
			}
		}
		var total *rlwe.Ciphertext
		for i, value := range values {
			lowered := c.eval.DropLevelNew(value, value.Level()-level)
			term, err := c.eval.MulNew(lowered, factors[i])
			if err == nil && total != nil {
				term, err = c.eval.AddNew(total, term)
			}
			if err != nil {
				return nil, err
			}
			total = term
		}
		return c.eval.AddNew(total, constant)
	})
}

func (c *circuit) rowSum(a *rlwe.Ciphertext) *rlwe.Ciphertext {
	for step := c.stride; step < c.stride*c.padded; step *= 2 {
		from, by := a, step
		a = c.sum(a, c.try(func() (*rlwe.Ciphertext, error) { return c.eval.RotateNew(from, by) }))
	}
	return a
}
