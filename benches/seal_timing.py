"""Times SEAL through TenSEAL: one line in, one line of JSON out.

Arguments: log2 N, bits of each prime of the coefficient modulus (the last one is the special prime), separated by commas.
"product" times a product with relinearisation and rescaling at the top level, "rotation" a rotation by one slot; each
answers {"seconds": …}. "memory" answers {"bytes": …}, the largest resident set so far.
"""

import json
import resource
import sys
import time

import tenseal.sealapi as seal

degree = 1 << int(sys.argv[1])
bits = [int(b) for b in sys.argv[2].split(",")]
parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.CKKS)
parameters.set_poly_modulus_degree(degree)
parameters.set_coeff_modulus(seal.CoeffModulus.Create(degree, bits))
# The security check knows nothing beyond N = 2^15.
context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.NONE)
keys = seal.KeyGenerator(context)
public, relinearisation, galois = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
keys.create_public_key(public)
keys.create_relin_keys(relinearisation)
# The Galois element of a rotation by one slot.
keys.create_galois_keys([3], galois)
encoder = seal.CKKSEncoder(context)
evaluator = seal.Evaluator(context)
plain, ciphertext = seal.Plaintext(), seal.Ciphertext()
encoder.encode([0.5] * (degree // 2), 2.0 ** bits[1], plain)
seal.Encryptor(context, public).encrypt(plain, ciphertext)


def product():
    result = seal.Ciphertext()
    evaluator.multiply(ciphertext, ciphertext, result)
    evaluator.relinearize_inplace(result, relinearisation)
    evaluator.rescale_to_next_inplace(result)


def rotation():
    result = seal.Ciphertext()
    evaluator.apply_galois(ciphertext, 3, galois, result)


def answer(value):
    print(json.dumps(value), flush=True)


answer({"ready": True})
for line in sys.stdin:
    name = line.strip()
    if name == "memory":
        answer({"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})
        continue
    action = {"product": product, "rotation": rotation}[name]
    began = time.perf_counter()
    action()
    answer({"seconds": time.perf_counter() - began})
