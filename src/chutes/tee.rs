//! The proof that a model's instances run in a trusted execution environment: Intel TDX quotes, fetched with a
//! nonce of ours and checked here, down to Intel's root key.
//!
//! Layout of a quote: Intel TDX DCAP Quoting Library API, appendix A.3. `dcap-qvl` checks the same chain and the
//! state of Intel's updates too, but only with documents that have to be fetched from Intel for every processor;
//! what it would add is said to be unproven instead.

use super::client::{Call, Client};
use super::failure::{Failure, Kind};
use super::model::ChuteId;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;

/// Each instance makes its quote on demand.
const WHOLE: Duration = Duration::from_secs(60);

/// Intel SGX Root CA, an uncompressed point of P-256.
const INTEL_ROOT: [u8; 65] = [
    0x04, 0x0b, 0xa9, 0xc4, 0xc0, 0xc0, 0xc8, 0x61, 0x93, 0xa3, 0xfe, 0x23, 0xd6, 0xb0, 0x2c, 0xda, 0x10, 0xa8, 0xbb,
    0xd4, 0xe8, 0x8e, 0x48, 0xb4, 0x45, 0x85, 0x61, 0xa3, 0x6e, 0x70, 0x55, 0x25, 0xf5, 0x67, 0x91, 0x8e, 0x2e, 0xdc,
    0x88, 0xe4, 0x0d, 0x86, 0x0b, 0xd0, 0xcc, 0x4e, 0xe2, 0x6a, 0xac, 0xc9, 0x88, 0xe5, 0x05, 0xa9, 0x53, 0x55, 0x8c,
    0x45, 0x3f, 0x6b, 0x09, 0x04, 0xae, 0x73, 0x94,
];

/// What is looked at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The quote is signed, and the signature leads to Intel's root key.
    Chain,
    /// The quote answers our nonce and names the key that requests are encrypted to.
    Nonce,
    /// The quote names the key of the instance's certificate.
    Certificate,
    /// The environment cannot be looked into by its host.
    Debug,
    /// What was started is what Chutes has published.
    Measurements,
}

impl Check {
    pub const ALL: [Check; 5] = [Check::Chain, Check::Nonce, Check::Certificate, Check::Debug, Check::Measurements];

    /// As in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Check::Chain => "chain",
            Check::Nonce => "nonce",
            Check::Certificate => "certificate",
            Check::Debug => "debug",
            Check::Measurements => "measurements",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Proven,
    Refuted,
    /// What it would take was not there.
    NotChecked,
}

/// What one instance has proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub id: String,
    /// In the order of [`Check::ALL`].
    pub outcomes: [Outcome; 5],
}

impl Instance {
    pub fn is_proven(&self) -> bool {
        self.outcomes.iter().all(|outcome| *outcome == Outcome::Proven)
    }

    pub fn is_refuted(&self) -> bool {
        self.outcomes.contains(&Outcome::Refuted)
    }
}

/// The outcome for a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    pub instances: Vec<Instance>,
    /// Instances that gave no evidence.
    pub silent: Vec<String>,
}

/// Ask for fresh evidence and check it. `nonce`: 32 random bytes.
pub async fn prove(client: &Client, credential: &Secret, chute: ChuteId, nonce: [u8; 32]) -> Result<Proof, Failure> {
    let idp = &client.endpoints().idp;
    let nonce = hex(&nonce);
    let get = |url: String| async move {
        let answer = client.send(Call::get(url).bearer(Some(credential)).within(WHOLE), |_| {}).await?.success()?;
        let value = serde_json::from_slice::<Value>(&answer.body).map_err(|error| answer.bad_json(&error))?;
        Ok((answer, value))
    };
    let (evidence, instances, published) = tokio::join!(
        get(format!("{idp}/chutes/{chute}/evidence?nonce={nonce}")),
        get(format!("{idp}/e2e/instances/{chute}")),
        get(format!("{idp}/servers/tee/measurements")),
    );
    let (answer, evidence) = evidence?;
    if !evidence["evidence"].is_array() {
        return Err(answer.failure(Kind::Malformed { detail: "no evidence in it".to_owned() }));
    }
    let value = |answer: Result<(_, Value), Failure>| answer.ok().map(|(_, value)| value);
    Ok(judge(&evidence, value(instances).as_ref(), value(published).as_ref(), &nonce, &INTEL_ROOT))
}

/// Check evidence. `nonce`: as it was sent, in hex. `root`: the key that every chain has to end at.
fn judge(evidence: &Value, instances: Option<&Value>, published: Option<&Value>, nonce: &str, root: &[u8]) -> Proof {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let keys: HashMap<String, String> = instances
        .and_then(|answer| answer["instances"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|instance| Some((text(&instance["instance_id"])?, text(&instance["e2e_pubkey"])?)))
        .collect();
    let published = published.and_then(|answer| answer.as_array().or_else(|| answer["measurements"].as_array()));
    let one = |entry: &Value| {
        let id = text(&entry["instance_id"]).unwrap_or_default();
        let quote = text(&entry["quote"]).and_then(|quote| STANDARD.decode(quote).ok()).unwrap_or_default();
        let Some(report) = Report::of(&quote) else {
            return Instance { id, outcomes: [Outcome::Refuted; 5] };
        };
        let known = |holds: bool| if holds { Outcome::Proven } else { Outcome::Refuted };
        let nonce = keys.get(&id).map_or(Outcome::NotChecked, |key| {
            known(report.data()[..32] == Sha256::digest(format!("{nonce}{key}"))[..])
        });
        let certificate = text(&entry["certificate"]).map_or(Outcome::NotChecked, |certificate| {
            let der = STANDARD.decode(certificate).ok();
            let key = der.as_deref().and_then(Certificate::of).map(|certificate| Sha256::digest(certificate.key_info));
            known(key.is_some_and(|key| report.data()[32..] == key[..]))
        });
        let measured = match published {
            None => Outcome::NotChecked,
            Some(published) => known(published.iter().any(|entry| report.is_measured_as(entry))),
        };
        let outcomes = [known(chain(&quote, root).is_some()), nonce, certificate, known(!report.has_debug()), measured];
        Instance { id, outcomes }
    };
    Proof {
        instances: evidence["evidence"].as_array().into_iter().flatten().map(one).collect(),
        silent: evidence["failed_instance_ids"].as_array().into_iter().flatten().filter_map(text).collect(),
    }
}

const HEADER: usize = 48;
const REPORT: usize = 584;
/// Header and report: what is signed.
const SIGNED: usize = HEADER + REPORT;
const TDX: u32 = 0x81;

/// The report of a TDX quote, version 4.
struct Report<'a>(&'a [u8]);

impl<'a> Report<'a> {
    fn of(quote: &'a [u8]) -> Option<Self> {
        let version = u16::from_le_bytes(quote.get(0..2)?.try_into().ok()?);
        let kind = u32::from_le_bytes(quote.get(4..8)?.try_into().ok()?);
        (version == 4 && kind == TDX).then_some(Self(quote.get(HEADER..SIGNED)?))
    }

    fn has_debug(&self) -> bool {
        self.0[120] & 1 != 0
    }

    /// What the instance put in.
    fn data(&self) -> &[u8] {
        &self.0[520..584]
    }

    /// Whether a published entry names these measurements: the firmware, and all of the boot that it states.
    fn is_measured_as(&self, entry: &Value) -> bool {
        let at = |offset: usize| hex(&self.0[offset..offset + 48]);
        let stated = |name: &str| {
            let nested = |outer: &str| entry[outer].as_object().map(|inner| inner.clone().into_iter());
            let own = entry.as_object().map(|entry| entry.clone().into_iter());
            let all = own.into_iter().chain(nested("boot_rtmrs")).flatten();
            all.filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .find_map(|(_, value)| value.as_str().map(str::to_owned))
        };
        let same =
            |name: &str, offset: usize| stated(name).map(|published| published.eq_ignore_ascii_case(&at(offset)));
        let registers = [("rtmr0", 328), ("rtmr1", 376), ("rtmr2", 424)];
        same("mrtd", 136) == Some(true)
            && registers.iter().all(|(name, offset)| same(name, *offset) != Some(false))
            && registers.iter().any(|(name, offset)| same(name, *offset) == Some(true))
    }
}

/// The way from a quote to `root`; None: it is broken somewhere.
fn chain(quote: &[u8], root: &[u8]) -> Option<()> {
    let mut rest = Reader(quote.get(SIGNED..)?);
    let length = rest.u32()?;
    let mut rest = Reader(rest.take(length)?);
    let (signature, key) = (rest.take(64)?, rest.take(64)?);
    let attestation_key = [&[4], key].concat();
    signed(&ECDSA_P256_SHA256_FIXED, &attestation_key, &quote[..SIGNED], signature)?;

    // The enclave that holds the key, vouched for by the processor's own certificate.
    if rest.u16()? != 6 {
        return None;
    }
    let length = rest.u32()?;
    let mut rest = Reader(rest.take(length)?);
    let (report, signature) = (rest.take(384)?, rest.take(64)?);
    let length = rest.u16()?.into();
    let authentication = rest.take(length)?;
    if report[320..352] != Sha256::digest([key, authentication].concat())[..] || rest.u16()? != 5 {
        return None;
    }
    let length = rest.u32()?;
    let pem = String::from_utf8_lossy(rest.take(length)?).into_owned();
    let ders = certificates(&pem)?;
    let chain: Vec<Certificate> = ders.iter().map(|der| Certificate::of(der)).collect::<Option<_>>()?;
    let (leaf, last) = (chain.first()?, chain.last()?);
    signed(&ECDSA_P256_SHA256_FIXED, leaf.key()?, report, signature)?;
    // Of a chain that ends at the root, the root itself is the last.
    for pair in chain.windows(2) {
        signed(&ECDSA_P256_SHA256_ASN1, pair[1].key()?, pair[0].signed, pair[0].signature)?;
    }
    signed(&ECDSA_P256_SHA256_ASN1, root, last.signed, last.signature)?;
    (last.key()? == root && chain.len() >= 3).then_some(())
}

fn signed(how: &'static dyn VerificationAlgorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    UnparsedPublicKey::new(how, key).verify(message, signature).ok()
}

/// The certificates of a PEM text.
fn certificates(pem: &str) -> Option<Vec<Vec<u8>>> {
    pem.split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .map(|part| {
            let body: String = part.split("-----END").next()?.split_whitespace().collect();
            STANDARD.decode(body).ok()
        })
        .collect()
}

/// The parts of an X.509 certificate that are needed here.
struct Certificate<'a> {
    /// What its issuer signed, tag and length included.
    signed: &'a [u8],
    signature: &'a [u8],
    /// `SubjectPublicKeyInfo`, tag and length included.
    key_info: &'a [u8],
}

impl<'a> Certificate<'a> {
    fn of(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader(Reader(der).element(0x30)?.1);
        let (signed, inner) = outer.element(0x30)?;
        outer.element(0x30)?;
        // The first byte counts unused bits, and there are none.
        let signature = outer.element(0x03)?.1.strip_prefix(&[0])?;
        let mut fields = Reader(inner);
        if fields.0.first() == Some(&0xa0) {
            fields.element(0xa0)?;
        }
        // Serial number, algorithm, issuer, validity, subject.
        for tag in [0x02, 0x30, 0x30, 0x30, 0x30] {
            fields.element(tag)?;
        }
        Some(Self { signed, signature, key_info: fields.element(0x30)?.0 })
    }

    /// An uncompressed point of P-256, if that is what it is.
    fn key(&self) -> Option<&'a [u8]> {
        let mut info = Reader(Reader(self.key_info).element(0x30)?.1);
        info.element(0x30)?;
        info.element(0x03)?.1.strip_prefix(&[0]).filter(|point| point.len() == 65)
    }
}

/// Bytes that are read from their start.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take(4)?.try_into().ok()?)).ok()
    }

    /// A DER element with this tag: all of it, and its content.
    fn element(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let all = self.0;
        if self.take(1)? != [tag] {
            return None;
        }
        let length = match self.take(1)?[0] {
            short @ 0..=0x7f => usize::from(short),
            long @ 0x81..=0x84 => {
                let digits = self.take(usize::from(long & 0x7f))?;
                digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))
            }
            _ => return None,
        };
        let content = self.take(length)?;
        Some((&all[..all.len() - self.0.len()], content))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    const NONCE: &str = "9f2c4a1b7e8d05364f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70";

    /// A key that can sign in both encodings.
    struct Key {
        fixed: EcdsaKeyPair,
        der: EcdsaKeyPair,
    }

    impl Key {
        fn new() -> Key {
            let random = SystemRandom::new();
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let read = |how| EcdsaKeyPair::from_pkcs8(how, document.as_ref(), &random).unwrap();
            Key { fixed: read(&ECDSA_P256_SHA256_FIXED_SIGNING), der: read(&ECDSA_P256_SHA256_ASN1_SIGNING) }
        }

        fn public(&self) -> &[u8] {
            self.fixed.public_key().as_ref()
        }

        fn sign(&self, message: &[u8]) -> Vec<u8> {
            self.fixed.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
        }
    }

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    fn key_info(key: &Key) -> Vec<u8> {
        element(0x30, &[element(0x30, &[]), element(0x03, &[&[0], key.public()].concat())].concat())
    }

    fn certificate(of: &Key, by: &Key) -> Vec<u8> {
        let fields = [
            element(0xa0, &[2, 1, 2]),
            element(0x02, &[1]),
            element(0x30, &[]),
            element(0x30, &[]),
            element(0x30, &[]),
            element(0x30, &[]),
            key_info(of),
        ];
        let signed = element(0x30, &fields.concat());
        let signature = by.der.sign(&SystemRandom::new(), &signed).unwrap();
        element(0x30, &[signed, element(0x30, &[]), element(0x03, &[&[0], signature.as_ref()].concat())].concat())
    }

    fn pem(ders: &[Vec<u8>]) -> Vec<u8> {
        let one = |der: &Vec<u8>| {
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
        };
        ders.iter().map(one).collect::<String>().into_bytes()
    }

    /// Everything that makes an honest quote, to be spoiled.
    struct Maker {
        root: Key,
        middle: Key,
        leaf: Key,
        attestation: Key,
        instance: Key,
        report: Vec<u8>,
        chain: Vec<Vec<u8>>,
    }

    impl Maker {
        fn new() -> Maker {
            let [root, middle, leaf, attestation, instance] = std::array::from_fn(|_| Key::new());
            let mut report = vec![7; REPORT];
            report[120] = 0;
            report[520..552].copy_from_slice(&Sha256::digest(format!("{NONCE}the-key")));
            report[552..].copy_from_slice(&Sha256::digest(key_info(&instance)));
            let chain = vec![certificate(&leaf, &middle), certificate(&middle, &root), certificate(&root, &root)];
            Maker { root, middle, leaf, attestation, instance, report, chain }
        }

        fn quote(&self) -> Vec<u8> {
            let mut header = vec![0; HEADER];
            header[..8].copy_from_slice(&[4, 0, 2, 0, 0x81, 0, 0, 0]);
            let signed = [header, self.report.clone()].concat();
            let key = &self.attestation.public()[1..];
            let mut enclave = vec![1; 384];
            enclave[320..352].copy_from_slice(&Sha256::digest([key, b"auth"].concat()));
            let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
            let pem = pem(&self.chain);
            let certified = [
                &enclave,
                &self.leaf.sign(&enclave),
                &4_u16.to_le_bytes()[..],
                b"auth",
                &5_u16.to_le_bytes(),
                &length(&pem),
                &pem,
            ]
            .concat();
            let tail =
                [&self.attestation.sign(&signed), key, &6_u16.to_le_bytes(), &length(&certified), &certified].concat();
            [signed, length(&tail).to_vec(), tail].concat()
        }

        fn outcomes(&self, quote: &[u8], nonce: &str, published: &Value) -> [Outcome; 5] {
            let certificate = certificate(&self.instance, &self.instance);
            let evidence = json!({ "evidence": [{
                "instance_id": "i", "quote": STANDARD.encode(quote), "certificate": STANDARD.encode(certificate),
            }], "failed_instance_ids": ["j"] });
            let instances = json!({ "instances": [{ "instance_id": "i", "e2e_pubkey": "the-key" }] });
            let proof = judge(&evidence, Some(&instances), Some(published), nonce, self.root.public());
            assert_eq!(proof.silent, ["j"]);
            proof.instances[0].outcomes
        }
    }

    fn published() -> Value {
        let register = "07".repeat(48);
        json!([{ "mrtd": "00" }, { "name": "n", "mrtd": register.to_uppercase(), "rtmr0": register, "rtmr1": register }])
    }

    #[test]
    fn an_honest_quote_is_proven_and_each_forgery_is_refuted() {
        use Outcome::{Proven, Refuted};
        let maker = Maker::new();
        let quote = maker.quote();
        assert_eq!(maker.outcomes(&quote, NONCE, &published()), [Proven; 5]);
        let with = |at: usize, outcome: Outcome| std::array::from_fn(|n| if n == at { outcome } else { Proven });
        assert_eq!(maker.outcomes(&quote, &NONCE.replace('9', "8"), &published()), with(1, Refuted), "other nonce");
        assert_eq!(maker.outcomes(&quote, NONCE, &json!([{ "mrtd": "07" }])), with(4, Refuted), "other measurement");
        let other = json!([{ "mrtd": "07".repeat(48), "rtmr0": "08".repeat(48), "rtmr1": "07".repeat(48) }]);
        assert_eq!(maker.outcomes(&quote, NONCE, &other), with(4, Refuted), "other boot");
        // A bit of the report that nobody signed.
        let mut changed = quote.clone();
        changed[HEADER + 520] ^= 1;
        assert_eq!(maker.outcomes(&changed, NONCE, &published())[..2], [Refuted, Refuted]);
        let mut debug = Maker::new();
        debug.report[120] = 1;
        assert_eq!(debug.outcomes(&debug.quote(), NONCE, &published()), with(3, Refuted), "debug");
        // The key of somebody else's certificate.
        let thief = Maker { instance: Key::new(), ..Maker::new() };
        assert_eq!(thief.outcomes(&thief.quote(), NONCE, &published()), with(2, Refuted), "other key");
    }

    #[test]
    fn a_chain_that_is_cut_or_forged_anywhere_is_refuted() {
        let refuted = |maker: &Maker, what: &str| {
            let outcomes = maker.outcomes(&maker.quote(), NONCE, &published());
            assert_eq!(outcomes[0], Outcome::Refuted, "{what}");
        };
        let cut = |length: usize| {
            let mut maker = Maker::new();
            maker.chain.truncate(length);
            maker
        };
        for length in 0..3 {
            refuted(&cut(length), "cut");
        }
        let mut forged = Maker::new();
        forged.chain[0] = certificate(&forged.leaf, &Key::new());
        refuted(&forged, "a leaf that the middle did not sign");
        forged = Maker::new();
        let own_root = Key::new();
        forged.chain[1] = certificate(&forged.middle, &own_root);
        forged.chain[2] = certificate(&own_root, &own_root);
        refuted(&forged, "a root of one's own");
        refuted(&Maker { leaf: Key::new(), ..Maker::new() }, "an enclave that the processor did not sign");
        refuted(&Maker { attestation: Key::new(), root: Key::new(), ..Maker::new() }, "another root");
        // Every prefix of a quote is read without a panic.
        let maker = Maker::new();
        let quote = maker.quote();
        for length in (0..quote.len()).step_by(7) {
            assert_eq!(maker.outcomes(&quote[..length], NONCE, &published())[0], Outcome::Refuted);
        }
    }

    #[test]
    fn what_was_not_there_is_not_checked() {
        let maker = Maker::new();
        let evidence = json!({ "evidence": [{ "instance_id": "i", "quote": STANDARD.encode(maker.quote()) }] });
        let proof = judge(&evidence, None, None, NONCE, maker.root.public());
        use Outcome::{NotChecked, Proven};
        assert_eq!(proof.instances[0].outcomes, [Proven, NotChecked, NotChecked, Proven, NotChecked]);
        assert!(!proof.instances[0].is_proven() && !proof.instances[0].is_refuted());
    }
}
