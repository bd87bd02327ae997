
import json

# A recipe has log_n, the primes (moduli, and special for key switching), raw_scale, and nodes: each an operation on the values of
# earlier nodes, with the level (index of its last prime) and the scale of its result. In SEAL's own names:
#   scores       the input: encode at raw_scale, encrypt, then set_scale(scale): a value counts as divided by the recipe's bound
#   product      mod_switch both to level + 1, multiply, relinearize, rescale_to_next
#   times        nothing but set_scale; negate where negative
#   plus         encode the constant at the value's scale, add_plain
#   add          mod_switch both to the level, set_scale, add
#   combination  mod_switch each to level + 1, encode its coefficient at its scale, multiply_plain; add them; add the constant;
#                rescale_to_next
#   row-sum      for each step: rotate to the left by it and add
#   refresh      bootstrapping, which SEAL does not have
# and after each of them set_scale(scale).


class Circuit:
    """A recipe with a caller's evaluator, encoder and keys; `seal` is tenseal.sealapi."""

    def __init__(self, seal, recipe, evaluator, encoder, relin_keys, galois_keys=None):
        self.seal, self.recipe = seal, recipe
        self.evaluator, self.encoder = evaluator, encoder
        self.relin_keys, self.galois_keys = relin_keys, galois_keys

    def lowered(self, value, level):
        result = self.seal.Ciphertext()
        self.evaluator.mod_switch_to(value, value.parms_id(), result)
        while result.coeff_modulus_size() > level + 1:
            self.evaluator.mod_switch_to_next_inplace(result)
        return result

    def copy(self, value):
        return self.lowered(value, value.coeff_modulus_size() - 1)

    def scores(self, node, values):
        return self.copy(self.input)

    def product(self, node, values):
        left, right = (self.lowered(values[node[side]], node["level"] + 1) for side in ("left", "right"))
        result = self.seal.Ciphertext()
        self.evaluator.multiply(left, right, result)
        self.evaluator.relinearize_inplace(result, self.relin_keys)
        self.evaluator.rescale_to_next_inplace(result)
        return result

    def times(self, node, values):
        result = self.copy(values[node["value"]])
        if node["negative"]:
            self.evaluator.negate_inplace(result)
        return result

    def added(self, value, constant):
        result, plain = self.copy(value), self.seal.Plaintext()
        self.encoder.encode(constant, result.parms_id(), result.scale, plain)
        self.evaluator.add_plain_inplace(result, plain)
        return result

    def plus(self, node, values):
        return self.added(values[node["value"]], node["constant"])

    def add(self, node, values):
        left, right = (self.lowered(values[node[side]], node["level"]) for side in ("left", "right"))
        left.scale = right.scale = node["scale"]
        self.evaluator.add_inplace(left, right)
        return left

    def combination(self, node, values):
        total, plain = None, self.seal.Plaintext()
        for term in node["terms"]:
            part = self.lowered(values[term["value"]], node["level"] + 1)
            self.encoder.encode(term["coefficient"], part.parms_id(), term["scale"], plain)
            self.evaluator.multiply_plain_inplace(part, plain)
            part.scale = node["raised"]
            if total is None:
                total = part
            else:
                self.evaluator.add_inplace(total, part)
        result = self.added(total, node["constant"])
        self.evaluator.rescale_to_next_inplace(result)
        return result

    def row_sum(self, node, values):
        total = self.copy(values[node["value"]])
        for step in node["steps"]:
            turned = self.seal.Ciphertext()
            # A rotation to the left by k slots is the automorphism X -> X^(3^k).
            element = pow(3, step, 2 << self.recipe["log_n"])
            self.evaluator.apply_galois(total, element, self.galois_keys, turned)
            self.evaluator.add_inplace(total, turned)
        return total

    def refresh(self, node, values):
        raise NotImplementedError("SEAL has no bootstrapping")

    def evaluate(self, ciphertext):
        """The last node's value; `ciphertext` was encoded at raw_scale."""
        self.input, values = ciphertext, []
        for node in self.recipe["nodes"]:
            result = getattr(self, node["op"].replace("-", "_"))(node, values)
            if node["op"] == "scores":
                result = self.lowered(result, node["level"])
            result.scale = node["scale"]
            values.append(result)
        return values[-1]


def run(seal, recipe, slots):
    """Fresh keys, the slots encrypted, the recipe followed, and the result decrypted."""
    parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.CKKS)
    parameters.set_poly_modulus_degree(1 << recipe["log_n"])
    primes = [int(prime) for prime in recipe["moduli"] + [recipe["special"]]]
    parameters.set_coeff_modulus([seal.Modulus(prime) for prime in primes])
    # The header says which table the parameters were checked against; SEAL's own is that of 2018 and ends at 2^15.
    context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.NONE)
    keys = seal.KeyGenerator(context)
    public, relin, galois = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
    keys.create_public_key(public)
    keys.create_relin_keys(relin)
    steps = sorted({step for node in recipe["nodes"] for step in node.get("steps", [])})
    if steps:
        keys.create_galois_keys([pow(3, step, 2 << recipe["log_n"]) for step in steps], galois)
    encoder, evaluator = seal.CKKSEncoder(context), seal.Evaluator(context)
    plain, ciphertext = seal.Plaintext(), seal.Ciphertext()
    encoder.encode(slots, recipe["raw_scale"], plain)
    seal.Encryptor(context, public).encrypt(plain, ciphertext)
    result = Circuit(seal, recipe, evaluator, encoder, relin, galois).evaluate(ciphertext)
    seal.Decryptor(context, keys.secret_key()).decrypt(result, plain)
    return encoder.decode_double(plain)

