"""Runs circuits on Microsoft SEAL (through TenSEAL's `tenseal.sealapi`), speaking JSON: one line in, one line out.

The first line describes the job:

    log_n, moduli [q_0 …], special: the primes, as decimal strings; SEAL has one special prime
    nodes: operands before what uses them, each with its level and scale (both as planned) and
        {"op": "scores"} | {"op": "product", "left", "right"} | {"op": "times", "value", "negative"}
        | {"op": "plus", "value", "constant"} | {"op": "row-sum", "value", "steps": [slots to the left …]}
        | {"op": "refresh", "value", "most"}: what stands in for a bootstrap, decrypting, erring by up to `most`, encrypting
    stages: the nodes to open
    raw_scale: the scale at which the slots of the scores are encoded; then they count as values at the scale of node 0

It is answered by {"seconds": …} for the keys. Every further line {"slots": […]} is encrypted and run, and answered by
{"seconds": …, "stages": [[slots …] …]}. A failure is answered by {"error": …}.

A constant factor changes the scale alone, so scales are set here; SEAL's own bookkeeping would follow in double precision.
Keys and noise come from SEAL's own generator: no seed has a part in them.
"""

import json
import random
import sys
import time


class Job:
    def __init__(self, seal, job):
        self.seal = seal
        self.nodes, self.stages, self.raw_scale = job["nodes"], job["stages"], job["raw_scale"]
        degree = 1 << job["log_n"]
        parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.CKKS)
        parameters.set_poly_modulus_degree(degree)
        primes = [int(q) for q in job["moduli"]] + [int(job["special"])]
        parameters.set_coeff_modulus([seal.Modulus(q) for q in primes])
        # The plan has been checked against its own security table, and these primes have no more bits than the plan's.
        context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.NONE)
        if not context.parameters_set():
            raise ValueError("SEAL refuses the parameters: " + context.parameters_error_message())
        keys = seal.KeyGenerator(context)
        public, self.relinearisation, self.galois = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
        keys.create_public_key(public)
        keys.create_relin_keys(self.relinearisation)
        steps = sorted({step for node in self.nodes for step in node.get("steps", [])})
        # SEAL's rotation by k slots to the left is the automorphism X -> X^(3^k).
        self.elements = {step: pow(3, step, 2 * degree) for step in steps}
        if steps:
            keys.create_galois_keys(list(self.elements.values()), self.galois)
        self.encoder = seal.CKKSEncoder(context)
        self.evaluator = seal.Evaluator(context)
        self.encryptor = seal.Encryptor(context, public)
        self.decryptor = seal.Decryptor(context, keys.secret_key())

    def copy(self, ciphertext):
        result = self.seal.Ciphertext()
        # TenSEAL has no copy; switching to its own level is one.
        self.evaluator.mod_switch_to(ciphertext, ciphertext.parms_id(), result)
        return result

    def lowered(self, ciphertext, level):
        """A copy at a level, which is the index of its last prime."""
        result = self.copy(ciphertext)
        while result.coeff_modulus_size() > level + 1:
            self.evaluator.mod_switch_to_next_inplace(result)
        return result

    def fresh(self, slots, scale, level):
        plain, result = self.seal.Plaintext(), self.seal.Ciphertext()
        self.encoder.encode(slots, scale, plain)
        self.encryptor.encrypt(plain, result)
        return self.lowered(result, level)

    def product(self, left, right, level):
        left, right = self.lowered(left, level + 1), self.lowered(right, level + 1)
        # SEAL compares the scale of the product with the modulus alone.
        result = self.seal.Ciphertext()
        self.evaluator.multiply(left, right, result)
        self.evaluator.relinearize_inplace(result, self.relinearisation)
        self.evaluator.rescale_to_next_inplace(result)
        return result

    def plus(self, value, constant):
        result, plain = self.copy(value), self.seal.Plaintext()
        self.encoder.encode(constant, result.parms_id(), result.scale, plain)
        self.evaluator.add_plain_inplace(result, plain)
        return result

    def add(self, left, right, node):
        left, right = self.lowered(left, node["level"]), self.lowered(right, node["level"])
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
        result = self.plus(total, node["constant"])
        self.evaluator.rescale_to_next_inplace(result)
        return result

    def row_sum(self, value, steps):
        total = self.copy(value)
        for step in steps:
            turned = self.seal.Ciphertext()
            self.evaluator.apply_galois(total, self.elements[step], self.galois, turned)
            self.evaluator.add_inplace(total, turned)
        return total

    def value(self, node, values, slots):
        op = node["op"]
        if op == "scores":
            return self.fresh(slots, self.raw_scale, node["level"])
        if op == "product":
            return self.product(values[node["left"]], values[node["right"]], node["level"])
        if op == "add":
            return self.add(values[node["left"]], values[node["right"]], node)
        if op == "combination":
            return self.combination(node, values)
        operand = values[node["value"]]
        if op == "times":
            result = self.copy(operand)
            if node["negative"]:
                self.evaluator.negate_inplace(result)
            return result
        if op == "plus":
            return self.plus(operand, node["constant"])
        if op == "row-sum":
            return self.row_sum(operand, node["steps"])
        if op == "refresh":
            third = node["most"] / 3
            error = lambda: sum(random.uniform(-third, third) for _ in range(3))
            noisy = [slot + error() for slot in self.opened(operand)]
            return self.fresh(noisy, node["scale"], node["level"])
        raise ValueError("unknown operation " + op)

    def opened(self, ciphertext):
        plain = self.seal.Plaintext()
        self.decryptor.decrypt(ciphertext, plain)
        return self.encoder.decode_double(plain)

    def run(self, slots):
        began, values = time.perf_counter(), []
        for node in self.nodes:
            result = self.value(node, values, slots)
            result.scale = node["scale"]
            values.append(result)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "stages": [self.opened(values[stage]) for stage in self.stages]}


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    job = None
    for line in sys.stdin:
        try:
            if job is None:
                import tenseal.sealapi as seal

                began = time.perf_counter()
                job = Job(seal, json.loads(line))
                answer({"seconds": time.perf_counter() - began})
            else:
                answer(job.run(json.loads(line)["slots"]))
        except Exception as error:
            answer({"error": f"{type(error).__name__}: {error}"})
            return


main()
